/** A policy, requests on one connection after another, and what comes of each: the same whoever stands before the API. */
export interface Case {
  readonly name: string;
  /** Less its first line. */
  readonly policy: string;
  readonly exchanges: readonly Exchange[];
}

export interface Exchange {
  /** The request line, and the fields beside Host and Connection. */
  readonly ask: readonly [line: string, ...fields: string[]];
  readonly body?: string;
  /** Whether its target is spelled so that programs may read it in two ways. */
  readonly isRespelled?: boolean;
  /** So many ms pass before it. */
  readonly afterMs?: number;
  /** The status, the fields in order of their names, and the body. */
  readonly answer: readonly [status: number, fields: readonly string[], body: string];
}

const KEY = 'identify: { key: { header: X-API-Key, find: any } }\n';

export const CASES: readonly Case[] = [
  {
    name: 'tells how a key stands, and refuses what is beyond',
    policy: `
${KEY}limits: { calls: { rate: 2/minute, algorithm: fixed, per: key } }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`,
    exchanges: [
      {
        ask: ['GET /files', 'X-API-Key: k'],
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 1',
            'x-ratelimit-reset: 1775912461',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files/one', 'X-API-Key: k'],
        afterMs: 1500,
        answer: [
          200,
          [
            'content-length: 3',
            'content-type: text/plain; charset=utf-8',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 0',
            'x-ratelimit-reset: 1775912461',
          ],
          'one',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: k'],
        afterMs: 250,
        answer: [
          429,
          [
            'content-length: 273',
            'content-type: application/problem+json',
            'retry-after: 59',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 0',
            'x-ratelimit-reset: 1775912461',
            'x-request-id: *',
          ],
          '{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded","title":"Request cannot be satisfied as assigned quota has been exceeded","status":429,"detail":"The limit \\"calls\\" is used up. Retry after 59 seconds.","violated-policies":["calls"],"retryAfter":59}',
        ],
      },
      {
        ask: ['HEAD /files', 'X-API-Key: k'],
        answer: [
          429,
          [
            'content-length: 273',
            'content-type: application/problem+json',
            'retry-after: 59',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 0',
            'x-ratelimit-reset: 1775912461',
            'x-request-id: *',
          ],
          '',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: other'],
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 1',
            'x-ratelimit-reset: 1775912463',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: k'],
        afterMs: 58250,
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 1',
            'x-ratelimit-reset: 1775912521',
          ],
          '{"files":["a","b"]}',
        ],
      },
    ],
  },
  {
    name: 'asks who it is',
    policy: `
identify: { key: { header: X-API-Key, bearer: true, find: keys, keys: { secret: { account: acme } } } }
unidentified: 3/minute
limits: { calls: { rate: 9/minute, per: account } }
respond: { headers: { of: calls, dialect: ratelimit } }
`,
    exchanges: [
      {
        ask: ['GET /files'],
        answer: [
          401,
          [
            'content-length: 102',
            'content-type: application/problem+json',
            'ratelimit-policy: "unidentified";q=3;w=60',
            'ratelimit: "unidentified";r=2;t=64',
            'www-authenticate: ApiKey realm="API", in="header", name="x-api-key", Bearer realm="API"',
            'x-request-id: *',
          ],
          '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"No valid credentials were given."}',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: wrong'],
        answer: [
          401,
          [
            'content-length: 102',
            'content-type: application/problem+json',
            'ratelimit-policy: "unidentified";q=3;w=60',
            'ratelimit: "unidentified";r=1;t=64',
            'www-authenticate: ApiKey realm="API", in="header", name="x-api-key", Bearer realm="API"',
            'x-request-id: *',
          ],
          '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"No valid credentials were given."}',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: secret', 'X-API-Key: secret'],
        answer: [
          400,
          [
            'content-length: 148',
            'content-type: application/problem+json',
            'ratelimit-policy: "unidentified";q=3;w=60',
            'ratelimit: "unidentified";r=0;t=64',
            'x-request-id: *',
          ],
          '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The request shows more than one credential, or one that can be read as another."}',
        ],
      },
      {
        ask: ['GET /files', 'Authorization: Bearer secret'],
        answer: [
          429,
          [
            'content-length: 332',
            'content-type: application/problem+json',
            'ratelimit-policy: "unidentified";q=3;w=60',
            'ratelimit: "unidentified";r=0;t=64',
            'retry-after: 64',
            'x-request-id: *',
          ],
          '{"type":"https://iana.org/assignments/http-problem-types#abnormal-usage-detected","title":"Request not satisfied due to detection of abnormal request pattern","status":429,"detail":"Too many requests from this address that nobody could be identified by. Retry after 64 seconds.","violated-policies":["unidentified"],"retryAfter":64}',
        ],
      },
      {
        ask: ['GET /files', 'Authorization: Bearer secret'],
        afterMs: 63750,
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'ratelimit-policy: "calls";q=9;w=60',
            'ratelimit: "calls";r=8;t=64',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: secret', 'Authorization: Bearer wrong'],
        answer: [
          400,
          [
            'content-length: 148',
            'content-type: application/problem+json',
            'ratelimit-policy: "unidentified";q=3;w=60',
            'ratelimit: "unidentified";r=2;t=64',
            'x-request-id: *',
          ],
          '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The request shows more than one credential, or one that can be read as another."}',
        ],
      },
    ],
  },
  {
    name: 'knows operations, and answers for what is none',
    policy: `
${KEY}unidentified: unlimited
operations:
  list: { match: GET /files }
  put: { match: POST /files }
  one: { match: [GET /files/:id, DELETE /files/:id] }
limits:
  reads: { rate: 2/minute, per: [key, operation], on: [list, one] }
  writes: { rate: 1/minute, algorithm: bucket, per: key, on: put, past: { status: 503, headers: { Retry-After: '{retryAfter}' }, body: { busy: true, seconds: '{retryAfter}' } } }
respond: { headers: [{ of: reads, dialect: draft-03 }, { of: writes, dialect: draft-07 }] }
`,
    exchanges: [
      {
        ask: ['GET /files', 'X-API-Key: k'],
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'ratelimit-limit: 2, 2;w=60',
            'ratelimit-remaining: 1',
            'ratelimit-reset: 64',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['POST /files', 'X-API-Key: k'],
        body: 'hello',
        answer: [
          201,
          [
            'content-length: 20',
            'content-type: application/json; charset=utf-8',
            'ratelimit-policy: 1;w=60',
            'ratelimit: limit=1, remaining=0, reset=60',
          ],
          '{"received":"hello"}',
        ],
      },
      {
        ask: ['POST /files', 'X-API-Key: k'],
        body: 'again',
        answer: [
          503,
          [
            'content-length: 26',
            'content-type: application/json',
            'ratelimit-policy: 1;w=60',
            'ratelimit: limit=1, remaining=0, reset=60',
            'retry-after: 60',
            'x-request-id: *',
          ],
          '{"busy":true,"seconds":60}',
        ],
      },
      {
        ask: ['DELETE /files/one', 'X-API-Key: k'],
        answer: [204, ['ratelimit-limit: 2, 2;w=60', 'ratelimit-remaining: 1', 'ratelimit-reset: 64'], ''],
      },
      {
        ask: ['GET /nothing', 'X-API-Key: k'],
        answer: [
          404,
          ['content-length: 94', 'content-type: application/problem+json', 'x-request-id: *'],
          '{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such operation."}',
        ],
      },
      {
        ask: ['PUT /files', 'X-API-Key: k'],
        body: 'x',
        answer: [
          404,
          ['content-length: 94', 'content-type: application/problem+json', 'x-request-id: *'],
          '{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such operation."}',
        ],
      },
      {
        ask: ['GET //./files', 'X-API-Key: k'],
        isRespelled: true,
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'ratelimit-limit: 2, 2;w=60',
            'ratelimit-remaining: 0',
            'ratelimit-reset: 64',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files%2Fone', 'X-API-Key: k'],
        answer: [
          400,
          ['content-length: 127', 'content-type: application/problem+json', 'x-request-id: *'],
          '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The request cannot be read: the path has an escaped slash."}',
        ],
      },
      {
        ask: ['GET /files;x', 'X-API-Key: k'],
        answer: [
          400,
          ['content-length: 121', 'content-type: application/problem+json', 'x-request-id: *'],
          '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The request cannot be read: the path has parameters."}',
        ],
      },
      {
        ask: ['GET /FILES', 'X-API-Key: k'],
        answer: [
          404,
          ['content-length: 94', 'content-type: application/problem+json', 'x-request-id: *'],
          '{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such operation."}',
        ],
      },
      {
        ask: ['OPTIONS /files', 'Origin: http://a', 'Access-Control-Request-Method: GET'],
        answer: [
          404,
          ['content-length: 24', 'content-type: application/json; charset=utf-8'],
          '{"error":"nothing here"}',
        ],
      },
    ],
  },
  {
    name: 'owns the fields that it writes, whatever the API says',
    policy: `
${KEY}limits: { calls: { rate: 9/minute, algorithm: fixed, per: key } }
respond: { headers: [{ of: calls, dialect: x-ratelimit, used: true, only: succeeded }, { of: calls, fields: { X-Spent: '{used}' } }] }
`,
    exchanges: [
      {
        ask: ['GET /lies', 'X-API-Key: k'],
        answer: [
          200,
          [
            'content-length: 13',
            'content-type: application/json; charset=utf-8',
            'x-own: kept',
            'x-ratelimit-limit: 9',
            'x-ratelimit-remaining: 8',
            'x-ratelimit-reset: 1775912461',
            'x-ratelimit-used: 1',
            'x-spent: 1',
          ],
          '{"lies":true}',
        ],
      },
      {
        ask: ['GET /boom', 'X-API-Key: k'],
        answer: [
          500,
          ['content-length: 16', 'content-type: application/json; charset=utf-8', 'x-spent: 2'],
          '{"error":"boom"}',
        ],
      },
      {
        ask: ['GET /moved', 'X-API-Key: k'],
        answer: [
          302,
          ['content-length: 15', 'content-type: application/json; charset=utf-8', 'location: /files', 'x-spent: 3'],
          '{"to":"/files"}',
        ],
      },
    ],
  },
  {
    name: 'lets scripts read what it tells, beside what they may read already',
    policy: `
${KEY}limits: { calls: { rate: 1/minute, per: key } }
respond: { expose: true, headers: { of: calls, dialect: draft-06 } }
`,
    exchanges: [
      {
        ask: ['GET /exposed', 'X-API-Key: k'],
        answer: [
          200,
          [
            'access-control-expose-headers: RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset',
            'access-control-expose-headers: X-Own',
            'content-length: 2',
            'content-type: application/json; charset=utf-8',
            'ratelimit-limit: 1',
            'ratelimit-policy: 1;w=60',
            'ratelimit-remaining: 0',
            'ratelimit-reset: 64',
            'x-own: kept',
          ],
          '{}',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: k'],
        answer: [
          429,
          [
            'access-control-expose-headers: RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After',
            'content-length: 273',
            'content-type: application/problem+json',
            'ratelimit-limit: 1',
            'ratelimit-policy: 1;w=60',
            'ratelimit-remaining: 0',
            'ratelimit-reset: 64',
            'retry-after: 64',
            'x-request-id: *',
          ],
          '{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded","title":"Request cannot be satisfied as assigned quota has been exceeded","status":429,"detail":"The limit \\"calls\\" is used up. Retry after 64 seconds.","violated-policies":["calls"],"retryAfter":64}',
        ],
      },
    ],
  },
  {
    name: 'writes into the API’s own body, and lets callers read their state',
    policy: `
${KEY}limits: { calls: { rate: 5/minute, algorithm: fixed, per: key } }
respond: { merge: { of: calls, at: /limits, body: { left: '{remaining}' } } }
endpoints: { own: { match: GET /limits } }
`,
    exchanges: [
      {
        ask: ['GET /files', 'X-API-Key: k'],
        answer: [
          200,
          ['content-length: 39', 'content-type: application/json; charset=utf-8'],
          '{"limits":{"left":4},"files":["a","b"]}',
        ],
      },
      { ask: ['HEAD /files', 'X-API-Key: k'], answer: [200, ['content-type: application/json; charset=utf-8'], ''] },
      {
        ask: ['GET /files/one', 'X-API-Key: k'],
        answer: [200, ['content-length: 3', 'content-type: text/plain; charset=utf-8'], 'one'],
      },
      {
        ask: ['GET /boom', 'X-API-Key: k'],
        answer: [500, ['content-length: 16', 'content-type: application/json; charset=utf-8'], '{"error":"boom"}'],
      },
      {
        ask: ['POST /files', 'X-API-Key: k'],
        body: '{}',
        answer: [
          201,
          ['content-length: 37', 'content-type: application/json; charset=utf-8'],
          '{"limits":{"left":0},"received":"{}"}',
        ],
      },
      {
        ask: ['GET /limits', 'X-API-Key: k'],
        answer: [
          200,
          ['cache-control: no-store', 'content-length: 168', 'content-type: application/json', 'x-request-id: *'],
          '{"limits":[{"name":"calls","label":"calls","kind":"rate","unit":"requests","limit":5,"used":5,"remaining":0,"resetAt":"2026-04-11T13:01:01Z","resetIn":60,"window":60}]}',
        ],
      },
    ],
  },
  {
    name: 'refuses at once what is asked under two names, or to be run as something else',
    policy: `
${KEY}unidentified: unlimited
limits: { calls: { rate: 5/minute, per: [key, operation] } }
respond: { headers: { of: calls, fields: { X-Operation: '{operation}' } } }
`,
    exchanges: [
      {
        ask: ['GET /files?_method=DELETE', 'X-API-Key: k', 'X-HTTP-Method-Override: DELETE'],
        answer: [
          200,
          ['content-length: 19', 'content-type: application/json; charset=utf-8', 'x-operation: GET /files'],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET http://api.example/files', 'X-API-Key: k'],
        answer: [
          200,
          ['content-length: 19', 'content-type: application/json; charset=utf-8', 'x-operation: GET /files'],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET http://other.example/files', 'X-API-Key: k'],
        isRespelled: true,
        answer: [
          400,
          ['content-length: 156', 'content-type: application/problem+json', 'x-request-id: *'],
          '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The request cannot be read: the request target and the Host field name different hosts."}',
        ],
      },
      {
        ask: ['GET /a/../files', 'X-API-Key: k'],
        isRespelled: true,
        answer: [
          200,
          ['content-length: 19', 'content-type: application/json; charset=utf-8', 'x-operation: GET /files'],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /%66iles', 'X-API-Key: k'],
        isRespelled: true,
        answer: [
          200,
          ['content-length: 19', 'content-type: application/json; charset=utf-8', 'x-operation: GET /files'],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files/..%2f', 'X-API-Key: k'],
        answer: [
          400,
          ['content-length: 127', 'content-type: application/problem+json', 'x-request-id: *'],
          '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The request cannot be read: the path has an escaped slash."}',
        ],
      },
      {
        ask: ['GET /fi\\les', 'X-API-Key: k'],
        isRespelled: true,
        answer: [
          400,
          ['content-length: 143', 'content-type: application/problem+json', 'x-request-id: *'],
          '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The request cannot be read: the path has a character that no URL may have."}',
        ],
      },
    ],
  },
  {
    name: 'frees what a request holds when it is over',
    policy: `
${KEY}limits: { running: { concurrency: 1, per: key } }
`,
    exchanges: [
      {
        ask: ['GET /files', 'X-API-Key: k'],
        answer: [200, ['content-length: 19', 'content-type: application/json; charset=utf-8'], '{"files":["a","b"]}'],
      },
      {
        ask: ['GET /boom', 'X-API-Key: k'],
        answer: [500, ['content-length: 16', 'content-type: application/json; charset=utf-8'], '{"error":"boom"}'],
      },
      {
        ask: ['POST /files', 'X-API-Key: k'],
        body: 'x',
        answer: [201, ['content-length: 16', 'content-type: application/json; charset=utf-8'], '{"received":"x"}'],
      },
      { ask: ['DELETE /files/one', 'X-API-Key: k'], answer: [204, [], ''] },
    ],
  },
  {
    name: 'refuses by preconditions, plans and sizes',
    policy: `
identify: { key: { header: X-API-Key, find: keys, keys: { free: { plan: FREE }, pro: { plan: PRO } } } }
plans: [FREE, PRO]
require: { json: { that: 'request.method != "POST" || request.bytes < 9', else: { status: 413, body: Too much. } } }
limits:
  calls: { rate: { FREE: 1/minute, PRO: unlimited }, per: key }
  body: { size: 4B, of: request.bytes, past: { status: 413, body: { largest: '{limit}' } } }
respond: { headers: { of: calls, dialect: draft-02 } }
`,
    exchanges: [
      {
        ask: ['GET /files', 'X-API-Key: free'],
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'ratelimit-limit: 1',
            'ratelimit-remaining: 0',
            'ratelimit-reset: 64',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: free'],
        answer: [
          429,
          [
            'content-length: 273',
            'content-type: application/problem+json',
            'ratelimit-limit: 1',
            'ratelimit-remaining: 0',
            'ratelimit-reset: 64',
            'retry-after: 64',
            'x-request-id: *',
          ],
          '{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded","title":"Request cannot be satisfied as assigned quota has been exceeded","status":429,"detail":"The limit \\"calls\\" is used up. Retry after 64 seconds.","violated-policies":["calls"],"retryAfter":64}',
        ],
      },
      {
        ask: ['GET /files', 'X-API-Key: pro'],
        answer: [200, ['content-length: 19', 'content-type: application/json; charset=utf-8'], '{"files":["a","b"]}'],
      },
      {
        ask: ['POST /files', 'X-API-Key: pro'],
        body: 'four',
        answer: [201, ['content-length: 19', 'content-type: application/json; charset=utf-8'], '{"received":"four"}'],
      },
      {
        ask: ['POST /files', 'X-API-Key: pro'],
        body: 'fiver',
        answer: [413, ['content-length: 13', 'content-type: application/json', 'x-request-id: *'], '{"largest":4}'],
      },
      {
        ask: ['POST /files', 'X-API-Key: pro'],
        body: 'far too long',
        answer: [413, ['content-length: 9', 'content-type: text/plain; charset=utf-8', 'x-request-id: *'], 'Too much.'],
      },
    ],
  },
  {
    name: 'believes a proxy that it trusts, and no other',
    policy: `
identify: { anonymous: true }
address: { trust: 127.0.0.1 }
unidentified: unlimited
limits: { calls: { rate: 2/minute, algorithm: fixed, per: address } }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`,
    exchanges: [
      {
        ask: ['GET /files', 'X-Forwarded-For: 203.0.113.7'],
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 1',
            'x-ratelimit-reset: 1775912461',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files', 'X-Forwarded-For: 198.51.100.1, ::ffff:203.0.113.7'],
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 0',
            'x-ratelimit-reset: 1775912461',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files', 'X-Forwarded-For: 2001:db8:1:2::1'],
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 1',
            'x-ratelimit-reset: 1775912461',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files', 'X-Forwarded-For: 2001:db8:1:2:ffff::9'],
        answer: [
          200,
          [
            'content-length: 19',
            'content-type: application/json; charset=utf-8',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 0',
            'x-ratelimit-reset: 1775912461',
          ],
          '{"files":["a","b"]}',
        ],
      },
      {
        ask: ['GET /files', 'X-Forwarded-For: 2001:db8:1:2::1, 127.0.0.1'],
        answer: [
          429,
          [
            'content-length: 273',
            'content-type: application/problem+json',
            'retry-after: 60',
            'x-ratelimit-limit: 2',
            'x-ratelimit-remaining: 0',
            'x-ratelimit-reset: 1775912461',
            'x-request-id: *',
          ],
          '{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded","title":"Request cannot be satisfied as assigned quota has been exceeded","status":429,"detail":"The limit \\"calls\\" is used up. Retry after 60 seconds.","violated-policies":["calls"],"retryAfter":60}',
        ],
      },
    ],
  },
];
