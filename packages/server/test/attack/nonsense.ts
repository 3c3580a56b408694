/** What an API writes on a request. */
export type Nonsense = readonly [what: string, bytes: string];
/** The same, and what becomes of it: the status and body that pass, or `torn`. */
export type Passing = readonly [what: string, bytes: string, becomes: readonly [status: number, body: string] | 'torn'];

const head = (fields: string): string => `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${fields}\r\nok`;
const framed = (fields: string, body = 'ok'): string => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`;
const status = (line: string): string => `HTTP/1.1 ${line}\r\nContent-Length: 2\r\n\r\nok`;
const chunks = (body: string): string => framed('Transfer-Encoding: chunked\r\n', body);
const MEGABYTE = 'a'.repeat(1024 * 1024);

/** No answer at all: 502, with a body. The API closes the connection after each. */
export const NO_ANSWER: readonly Nonsense[] = [
  ['nothing', ''],
  ['words', 'garbage\r\n\r\n'],
  ['HTTP/0.9', '<html>hello</html>'],
  ['HTTP/2', '\0\0\0\u0004\0\0\0\0\0'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['a request', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['a flood of 1xx before an answer', `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(200)}${status('200 OK')}`],
  ['a flood of 100 before an answer', `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(200)}${status('200 OK')}`],
  ['only 100', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['only 1xx', 'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n'.repeat(10)],
  [
    'a switch nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes',
  ],
  ['status 0', status('000 X')],
  ['status 99', status('099 X')],
  ['status 1000', status('1000 X')],
  ['status 20', status('20 X')],
  ['a status in words', status('two hundred')],
  ['a negative status', status('-200 X')],
  ['a coding that is not undone', framed('Transfer-Encoding: gzip\r\n')],
  ['a coding before chunked', framed('Transfer-Encoding: gzip, chunked\r\n', '2\r\nok\r\n0\r\n\r\n')],
  ['two codings', framed('Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n', '2\r\nok\r\n0\r\n\r\n')],
  ['a length and chunks', framed('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '2\r\nok\r\n0\r\n\r\n')],
  ['chunks and a length', framed('Transfer-Encoding: chunked\r\nContent-Length: 2\r\n', '2\r\nok\r\n0\r\n\r\n')],
  ['two lengths', framed('Content-Length: 2\r\nContent-Length: 3\r\n')],
  ['one length twice', framed('Content-Length: 2\r\nContent-Length: 2\r\n')],
  ['a signed length', framed('Content-Length: +2\r\n')],
  ['a negative length', framed('Content-Length: -2\r\n')],
  ['a length in hex', framed('Content-Length: 0x2\r\n')],
  ['a length beyond 64 bits', framed('Content-Length: 18446744073709551618\r\n')],
  ['a folded field', head('X-A: a\r\n b\r\n')],
  ['a bare CR', head('X-A: a\rX-B: b\r\n')],
  ['a bare LF', head('X-A: a\nX-B: b\r\n')],
  ['a NUL', head('X-A: a\0b\r\n')],
  ['a control character', head('X-A: a\u0001b\r\n')],
  ['a space before the colon', head('X-A : b\r\n')],
  ['an empty name', head(': b\r\n')],
  ['a name in brackets', head('X[A]: b\r\n')],
  ['a field without a colon', head('X-A\r\n')],
  ['a field of a megabyte', head(`X-A: ${MEGABYTE}\r\n`)],
  ['a name of a megabyte', head(`${MEGABYTE}: b\r\n`)],
  ['10,000 fields', head(Array.from({ length: 10_000 }, (_, i) => `X-A${i}: b\r\n`).join(''))],
];

/** Some of it is an answer: that passes, or is seen to be torn, and what is not never does. */
export const SOME_ANSWER: readonly Passing[] = [
  ['HTTP/2.0 in text', 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok', [200, 'ok']],
  ['a reason of a megabyte', status(`200 ${MEGABYTE}`), [200, 'ok']],
  [
    '1xx before an answer',
    `${'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n'.repeat(50)}${status('200 OK')}`,
    [200, 'ok'],
  ],
  ['100 before an answer', `HTTP/1.1 100 Continue\r\n\r\n${status('200 OK')}`, [200, 'ok']],
  [
    '100 with fields, and without a reason, among others before an answer',
    `HTTP/1.1 100\r\nX-A: 1\r\nX-B: HTTP/1.1 100\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(3)}HTTP/1.1 102 Processing\r\n\r\n${status('200 OK')}`,
    [200, 'ok'],
  ],
  ['100 behind an empty line', `\r\nHTTP/1.1 100 Continue\r\n\r\n\r\n${status('200 OK')}`, [200, 'ok']],
  ['a body that begins as 100 does', framed('Content-Length: 12\r\n', 'HTTP/1.1 100'), [200, 'HTTP/1.1 100']],
  ['an answer to nobody behind it', `${status('200 OK')}${status('403 Forbidden')}`, [200, 'ok']],
  ['a body longer than its length', `${status('200 OK')}more`, [200, 'ok']],
  ['a body shorter than its length', framed('Content-Length: 3\r\n'), 'torn'],
  ['a body without a length', framed(''), [200, 'ok']],
  ['chunks without their end', chunks('2\r\nok\r\n'), 'torn'],
  ['a chunk that ends early', chunks('5\r\nok'), 'torn'],
  ['a chunk size that is none, behind a chunk', chunks('2\r\nok\r\nzz\r\n'), 'torn'],
  [
    'chunks with trailers',
    chunks('2\r\nok\r\n0\r\nX-Rate: 1\r\nContent-Length: 9\r\n\r\n').replace('Content-Length: 9\r\n', ''),
    [200, 'ok'],
  ],
  ['a reason in UTF-8', status('200 caf\u00c3\u00a9'), [200, 'ok']],
  ['a reason in Latin-1', status('200 caf\u00e9'), [200, 'ok']],
  ['a reason of control characters', status('200 \u0001\u007f'), [200, 'ok']],
  ['no reason', status('200'), [200, 'ok']],
  [
    'fields that come twice and should not',
    head('Location: a\r\nLocation: b\r\nContent-Type: a\r\nContent-Type: b\r\n'),
    [200, 'ok'],
  ],
  [
    'fields about a connection',
    head(
      'Connection: Upgrade, X-Hop\r\nUpgrade: h2c\r\nX-Hop: a\r\nTE: gzip\r\nTrailer: X-T\r\nKeep-Alive: a\r\nProxy-Connection: b\r\nHTTP2-Settings: c\r\n',
    ),
    [200, 'ok'],
  ],
  ['a pseudo-field', head('status: 500\r\n'), [200, 'ok']],
  ['2,000 fields', head(Array.from({ length: 2000 }, (_, i) => `X-A${i}: b\r\n`).join('')), [200, 'ok']],
  ['a body on 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok', [204, '']],
  ['a body on 304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok', [304, '']],
];
