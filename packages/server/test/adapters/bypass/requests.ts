import { SECRET } from '../../attack/spellings.ts';

/** Bytes of requests, by what is odd about them. Each is sent on a connection of its own, which it ends. */
export const ODD: Readonly<Record<string, readonly string[]>> = {
  methods: [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'M-SEARCH',
    'QUERY',
    'get',
    'FOO',
  ].map((method) => request(`${method} /v1/secret`)),
  'paths that nothing is at': [
    '/',
    '/nothing',
    '/v1',
    '/v1/items/a/b',
    '/favicon.ico',
    '/a?b=c',
    '/?',
    '/%00',
    '/%zz',
    '/a;b',
    '*',
    'a',
    '',
    'a:80',
  ].map((target) => request(`GET ${target}`)),
  'spellings of a path': SECRET.map((target) => request(`GET ${target}`)),
  preflights: [
    request('OPTIONS /v1/secret', 'Origin: http://a', 'Access-Control-Request-Method: DELETE'),
    request('OPTIONS /v1/secret', 'Origin: http://a', 'Access-Control-Request-Method: NONSENSE'),
    request('OPTIONS *', 'Origin: http://a', 'Access-Control-Request-Method: GET'),
    request('OPTIONS /v1/secret', 'Origin: http://a'),
  ],
  'switches of protocol': [
    request(
      'GET /v1/secret',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ),
    request(
      'GET /v1/secret',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
    ),
    request('POST /v1/secret', 'Connection: Upgrade', 'Upgrade: anything', 'Content-Length: 0'),
    request('GET /v1/secret', 'Upgrade: websocket'),
  ],
  bodies: [
    request('POST /v1/secret', 'Content-Type: application/json', 'Content-Length: 9', '', '{"broken"'),
    request('POST /v1/secret', 'Content-Type: application/json', 'Content-Length: 2', '', '{}{}{}'),
    request('POST /v1/secret', 'Content-Length: 5', '', 'short').replace('short', 'no'),
    request('POST /v1/secret', 'Transfer-Encoding: chunked', '', '5\r\nhello\r\n0\r\n'),
    request('POST /v1/secret', 'Transfer-Encoding: chunked', '', 'zz\r\nhello\r\n0\r\n'),
    request('POST /v1/secret', 'Transfer-Encoding: gzip, chunked', '', '0\r\n'),
    request('POST /v1/secret', 'Transfer-Encoding: chunked', 'Content-Length: 5', '', '0\r\n'),
    request('POST /v1/secret', 'Content-Length: 1', 'Content-Length: 2', '', 'ab'),
    request('POST /v1/secret', 'Content-Length: -1', '', 'ab'),
    request('GET /v1/secret', 'Content-Length: 5', '', 'hello'),
    request('POST /v1/secret', 'Expect: 100-continue', 'Content-Length: 2', '', '{}'),
    request('POST /v1/secret', 'Expect: nonsense', 'Content-Length: 2', '', '{}'),
  ],
  fields: [
    request('GET /v1/secret', 'X-A: one', 'X-A: two'),
    request('GET /v1/secret', 'X-A: one', ' folded'),
    request('GET /v1/secret', 'X-A : spaced'),
    request('GET /v1/secret', ': nameless'),
    request('GET /v1/secret', 'X-A: \u0001'),
    request('GET /v1/secret', 'Host: b'),
    request('GET /v1/secret').replace('Host: a\r\n', ''),
    'GET /v1/secret HTTP/1.0\r\n\r\n',
    'GET /v1/secret HTTP/1.0\r\nHost: a\r\n\r\n',
    'GET /v1/secret HTTP/3.0\r\nHost: a\r\n\r\n',
    'GET /v1/secret\r\n\r\n',
    '\r\n\r\nGET /v1/secret HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  ],
  'one after another on one connection': [
    'GET /v1/secret HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(5) + request('GET /v1/items'),
    `GET /v1/secret HTTP/1.1\r\nHost: a\r\n\r\n${request('HEAD /v1/items')}`,
    `POST /v1/secret HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${request('GET /v1/items')}`,
  ],
  'who is said to ask': [
    ...[
      'X-Forwarded-For: 203.0.113.7',
      'Forwarded: for=203.0.113.7',
      'X-Real-IP: 203.0.113.7',
      'X-Client-IP: 203.0.113.7',
      'CF-Connecting-IP: 203.0.113.7',
      'True-Client-IP: 203.0.113.7',
      'X-Headgate-Key: mine',
      'X-Headgate-Key: key:mine',
      'X_Forwarded_For: 203.0.113.7',
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-For: unknown',
      'Via: 1.1 proxy',
    ].map((field) => request('GET /v1/secret', field)),
    request(
      'GET /v1/secret',
      'X-Forwarded-For: 203.0.113.7',
      'X-Forwarded-For: 203.0.113.8',
      'Forwarded: for="[2001:db8::1]:80"',
      'X-Real-IP: 203.0.113.9',
    ),
  ],
};

/** A request line, fields and, after an empty text, a body. */
export function request(line: string, ...rest: readonly string[]): string {
  const at = rest.indexOf('');
  const fields = at < 0 ? rest : rest.slice(0, at);
  const body = at < 0 ? '' : rest.slice(at + 1).join('\r\n');
  const close = fields.some((field) => field.startsWith('Connection:')) ? [] : ['Connection: close'];
  return `${[`${line} HTTP/1.1`, 'Host: a', ...fields, ...close].join('\r\n')}\r\n\r\n${body}`;
}
