import { HEAD, limit, answer, block, override, ASIDE, type Row } from './rows.ts';

export const ANSWERS: readonly Row[] = [
  // Overrides
  [
    'an override of nothing',
    override(`{ for: { key: x }, limits: {}, ${ASIDE} }`),
    'ERR_POLICY_MISSING',
    'what it changes',
  ],
  ['an override for nobody', override(`{ for: {}, lift: a, ${ASIDE} }`), 'ERR_POLICY_BLANK'],
  ['an override of nothing', override(`{ for: { key: x }, ${ASIDE} }`), 'ERR_POLICY_MISSING'],
  [
    'an override without a reason',
    override('{ for: { key: x }, lift: a, from: 2026-01-01, by: b }'),
    'ERR_POLICY_MISSING',
  ],
  [
    'an override of an unknown limit',
    override(`{ for: { key: x }, limits: { c: 5/s }, ${ASIDE} }`),
    'ERR_POLICY_UNKNOWN',
  ],
  [
    'an override of several windows at once',
    override(`{ for: { key: x }, limits: { b: 5/s }, ${ASIDE} }`),
    'ERR_POLICY_UNKNOWN',
    'b.1s, b.1m',
  ],
  ['an override of another kind', override(`{ for: { key: x }, limits: { a: 5/day }, ${ASIDE} }`), 'ERR_POLICY_PERIOD'],
  [
    'an override that could never admit',
    `${HEAD}limits: { a: { rate: 9/s, cost: 5 } }\noverrides: [{ for: { key: x }, limits: { a: 4/s }, ${ASIDE} }]`,
    'ERR_POLICY_NEVER',
  ],
  [
    'an override to a bucket that cannot be counted',
    `${HEAD}limits: { a: { rate: 1/s, algorithm: bucket, burst: 9007199254 } }\noverrides: [{ for: { key: x }, limits: { a: 7/3600001ms }, ${ASIDE} }]`,
    'ERR_POLICY_AMOUNT',
  ],
  ['an override that lifts nothing', override(`{ for: { key: x }, lift: c, ${ASIDE} }`), 'ERR_POLICY_UNKNOWN'],
  ['an override to no plan', override(`{ for: { key: x }, plan: PRO, ${ASIDE} }`), 'ERR_POLICY_UNKNOWN'],
  ['a file that nobody reads', `${HEAD}tables: { a: { file: a.csv } }`, 'ERR_POLICY_FILE', 'nobody reads files here'],
  [
    'a schedule without times',
    `${HEAD}schedules: { a: { spans: Mon-Fri 9 to 5 } }`,
    'ERR_POLICY_SPAN',
    'expected days and times',
  ],
  [
    'an instant that never was',
    override('{ for: { key: x }, lift: a, from: 2026-02-30, reason: r, by: b }'),
    'ERR_POLICY_INSTANT',
  ],
  [
    'an instant without a zone',
    override('{ for: { key: x }, lift: a, from: "2026-02-01T10:00:00", reason: r, by: b }'),
    'ERR_POLICY_INSTANT',
  ],
  [
    'an end before its beginning',
    override(`{ for: { key: x }, lift: a, until: 2025-01-01, ${ASIDE} }`),
    'ERR_POLICY_INSTANT',
  ],
  [
    'a tie',
    override(
      `{ for: { key: x }, limits: { a: 5/s }, ${ASIDE} }, { for: { address: y }, limits: { a: 6/s }, ${ASIDE} }`,
    ),
    'ERR_POLICY_TIE',
  ],
  // Calendars
  [
    'an unknown zone',
    limit('quota: 5/day, calendar: { zone: Europe/Berln }'),
    'ERR_POLICY_ZONE',
    'did you mean "Europe/Berlin"?',
  ],
  ['an offset for a zone', limit('quota: 5/day, calendar: { zone: +05:30 }'), 'ERR_POLICY_ZONE', 'an IANA name'],
  ['day 32', limit('quota: 5/month, calendar: { anchor: 32 }'), 'ERR_POLICY_RANGE'],
  ['day 0 in quotes', limit('quota: 5/month, calendar: { anchor: "0" }'), 'ERR_POLICY_RANGE'],
  [
    'a day that is none',
    limit('quota: 5/week, calendar: { week: moonday }'),
    'ERR_POLICY_CHOICE',
    'did you mean "monday"?',
  ],
  // Answers and headers
  ['a status below 200', answer('status: 199'), 'ERR_POLICY_RANGE'],
  ['a status above 599', answer('status: 600'), 'ERR_POLICY_RANGE'],
  ['half a status', answer('status: 429.5'), 'ERR_POLICY_TYPE'],
  ['a line break in a header', answer('headers: { X-A: "a\\r\\nSet-Cookie: b=c" }'), 'ERR_POLICY_HEADER'],
  ['a NUL in a header', answer('headers: { X-A: "a\\0b" }'), 'ERR_POLICY_HEADER'],
  ['a line break in a header name', answer('headers: { "X-A\\r\\nX-B": c }'), 'ERR_POLICY_HEADER'],
  ['a colon in a header name', answer('headers: { "X-A: b": c }'), 'ERR_POLICY_HEADER'],
  ['an empty header name', answer('headers: { "": c }'), 'ERR_POLICY_HEADER'],
  ['a header that is not ASCII', answer('headers: { X-A: naïve }'), 'ERR_POLICY_HEADER'],
  ['a header that frames the message', answer('headers: { Transfer-Encoding: chunked }'), 'ERR_POLICY_HEADER'],
  ['a length', answer('headers: { content-length: 0 }'), 'ERR_POLICY_HEADER'],
  ['a header twice', answer('headers: { X-A: b, x-a: c }'), 'ERR_POLICY_DUPLICATE'],
  ['a line break in a media type', answer('type: "text/plain\\r\\nX: y"'), 'ERR_POLICY_HEADER'],
  ['a media type that is none', answer('type: json'), 'ERR_POLICY_HEADER'],
  ['exceeded twice', `${HEAD}respond: { exceeded: {}, answers: { exceeded: {} } }`, 'ERR_POLICY_DUPLICATE'],
  ['a block that writes nothing', block('used: true'), 'ERR_POLICY_MISSING'],
  ['a prefix that is no name', block('dialect: x-ratelimit, prefix: "X: "'), 'ERR_POLICY_HEADER'],
  ['a joint with a line break', block('dialect: x-ratelimit, join: "\\n"'), 'ERR_POLICY_HEADER'],
  ['a policy with a line break', block('dialect: draft-03, policy: "a\\nb"'), 'ERR_POLICY_HEADER'],
  ['a field that may not be written', block('fields: { Content-Type: text/plain }'), 'ERR_POLICY_HEADER'],
  // Templates
  ['an unknown placeholder', answer('body: "{remainin}"'), 'ERR_POLICY_TEMPLATE', 'did you mean "remaining"?'],
  ['a placeholder every object has', answer('body: "{constructor}"'), 'ERR_POLICY_TEMPLATE'],
  ['a format that does not fit', answer('body: "{limit:iso}"'), 'ERR_POLICY_TEMPLATE', 'no format'],
  ['an open brace', answer('body: "{limit"'), 'ERR_POLICY_TEMPLATE', '{{'],
  ['an open expression', answer('body: "{= 1 + "'), 'ERR_POLICY_TEMPLATE'],
  ['an expression that is none', answer('body: "{= 1 + }"'), 'ERR_POLICY_EXPRESSION'],
  ['a letter that no date has', answer(`body: '{resetAt:"YYYY-MM-dd"}'`), 'ERR_POLICY_TEMPLATE', 'no letter "Y"'],
  ['a date of something that is none', answer(`body: '{limit:"yyyy"}'`), 'ERR_POLICY_TEMPLATE', 'no format'],
  ['an expression in no format', answer('body: "{= now :isoo}"'), 'ERR_POLICY_TEMPLATE', 'did you mean "iso"?'],
  ['a limit where a figure of it is meant', answer('body: "{= limit }"'), 'ERR_POLICY_EXPRESSION', 'name a field'],
  ['a figure that no limit has', answer('body: "{= limit.lef }"'), 'ERR_POLICY_EXPRESSION', 'no field "lef"'],
  ['a body by something, and nothing else', answer('body: { by: request.method, GET: a }'), 'ERR_POLICY_TABLE', 'else'],
  ['a body by no expression', answer('body: { by: 5, else: a }'), 'ERR_POLICY_TYPE'],
  ['a body of cases without a last', answer('body: { cases: [{ when: "true", use: a }] }'), 'ERR_POLICY_CASES'],
  ['a body of cases that are none', answer('body: { cases: { when: "true", use: a } }'), 'ERR_POLICY_TYPE'],
  ['a case without a body', answer('body: { cases: [{ when: "true" }, { use: a }] }'), 'ERR_POLICY_TYPE'],
  ['a body of cases and more', answer('body: { cases: [{ use: a }], else: b }'), 'ERR_POLICY_TYPE'],
  // Waits
  ['a wait in words', answer('headers: { Retry-After: "{retryAfter:word}" }'), 'ERR_POLICY_HEADER', 'RFC 9110 10.2.3'],
  ['a wait in minutes', answer('headers: { retry-after: "{retryAfter:min}" }'), 'ERR_POLICY_HEADER'],
  ['a wait with a unit', answer('headers: { Retry-After: "{retryAfter}s" }'), 'ERR_POLICY_HEADER'],
  ['a wait as a map', answer('headers: { Retry-After: { s: 5 } }'), 'ERR_POLICY_HEADER'],
  // Dialects
  ['an epoch where seconds are owed', block('dialect: draft-07, reset: epoch'), 'ERR_POLICY_WORD', 'x-ratelimit'],
  ['a figure where there is no field for it', block('dialect: ratelimit, used: true'), 'ERR_POLICY_WORD'],
  ['a partition where none is told', block('dialect: draft-03, partition: true'), 'ERR_POLICY_WORD'],
  // Help
  ...['ftp://x', 'https://a> <b', 'https://a/"b', 'https://a\r\nb', 'javascript:1', 'help'].map((help): Row => [
    `help at ${JSON.stringify(help)}`,
    `${HEAD}respond: { help: ${JSON.stringify(help)} }`,
    'ERR_POLICY_HEADER',
  ]),
  // Merges
  ['a pointer that is none', merge('at: meta'), 'ERR_POLICY_POINTER', 'begins with "/"'],
  ['a pointer to everything', merge('at: ""'), 'ERR_POLICY_POINTER'],
  ['a pointer with a stray tilde', merge('at: /a~2'), 'ERR_POLICY_POINTER', '~0'],
  ['a merge of nothing', `${HEAD}respond: { merge: { of: b, at: /a, body: c } }`, 'ERR_POLICY_UNKNOWN'],
  // Endpoints
  ['an endpoint without a method', endpoint('{ match: /limits }'), 'ERR_POLICY_ROUTE'],
  ['an endpoint merged nowhere', endpoint('{ match: GET /limits, merge: limits }'), 'ERR_POLICY_POINTER'],
  [
    'an endpoint after one that takes it',
    endpoint('{ match: ANY /** }, b: { match: GET /limits }'),
    'ERR_POLICY_SHADOWED',
  ],
  [
    'an endpoint that swallows an operation',
    `${endpoint('{ match: ANY /v1/** }')}\noperations: { list: { match: GET /v1/files } }`,
    'ERR_POLICY_SHADOWED',
    'would never be counted',
  ],
  [
    'an endpoint at an operation that a limit is on',
    `${endpoint('{ match: GET /v1 }')}\noperations: { list: { match: GET /v1 } }\nlimits: { a: { rate: 1/s, on: list } }`,
    'ERR_POLICY_SHADOWED',
    'never would',
  ],
];

function merge(at: string): string {
  return `${HEAD}limits: { a: { rate: 1/s } }\nrespond: { merge: { of: a, body: x, ${at} } }`;
}

function endpoint(given: string): string {
  return `${HEAD}endpoints: { a: ${given} }`;
}
