/** Bytes that are no one request, and the status they are refused with. */
export type Refused = readonly [what: string, bytes: string, status: number];
/** Bytes that are one request, however oddly written, and the one form in which it is passed on. */
export type Passed = readonly [what: string, bytes: string, request: string, body: string];

const post = (rest: string): string => `POST /a HTTP/1.1\r\nHost: a\r\n${rest}`;
const get = (rest: string): string => `GET /a HTTP/1.1\r\nHost: a\r\n${rest}\r\n`;
const line = (text: string): string => `${text}\r\nHost: a\r\n\r\n`;
const coded = (...codings: string[]): string =>
  post(`${codings.map((coding) => `Transfer-Encoding:${coding}\r\n`).join('')}\r\n0\r\n\r\n`);
const long = (...lengths: string[]): string =>
  post(`${lengths.map((length) => `Content-Length:${length}\r\n`).join('')}\r\nhello`);
const chunks = (text: string): string => post(`Transfer-Encoding: chunked\r\n\r\n${text}`);

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nX-API-Key: b\r\n\r\n';

const HOSTS: readonly Refused[] = [
  ['no host', 'GET /a HTTP/1.1\r\n\r\n', 400],
  ['no host in HTTP/1.0', 'GET /a HTTP/1.0\r\n\r\n', 400],
  ['two hosts', get('Host: b\r\n'), 400],
  ['one host twice', get('Host: a\r\n'), 400],
  ['two hosts, one with an odd name', get('hOsT: b\r\n'), 400],
  ['an empty host', 'GET /a HTTP/1.1\r\nHost:\r\n\r\n', 400],
  ['a host with a path', 'GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
  ['a host with a user', 'GET /a HTTP/1.1\r\nHost: a@b\r\n\r\n', 400],
  ['a host with a space', 'GET /a HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
  ['a host with a comma', 'GET /a HTTP/1.1\r\nHost: a,b\r\n\r\n', 400],
  ['a host in quotes', 'GET /a HTTP/1.1\r\nHost: "a"\r\n\r\n', 400],
];

const LENGTHS: readonly Refused[] = [
  ['two lengths', long('5', '6'), 400],
  ['two equal lengths', long('5', '5'), 400],
  ['a list of lengths', long('5, 5'), 400],
  ['a signed length', long('+5'), 400],
  ['a negative length', long('-5'), 400],
  ['a length in hex', long('0x5'), 400],
  ['a length in exponents', long('5e0'), 400],
  ['a length with a fraction', long('5.0'), 400],
  ['an empty length', long(''), 400],
  ['a length of blanks', long(' \t '), 400],
  ['a length with a blank inside', long('1 5'), 400],
  ['a length beyond 64 bits', long('18446744073709551621'), 400],
  ['a length beyond 53 bits', long('9007199254740993'), 400],
  ['a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'), 400],
  ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n'), 400],
  ['a length of none and chunks', post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'), 400],
];

const CODINGS: readonly Refused[] = [
  ['chunked twice in a list', coded(' chunked, chunked'), 400],
  ['chunked in two fields', coded(' chunked', ' chunked'), 400],
  ['chunked with a parameter', coded(' chunked;x'), 501],
  ['identity', coded(' identity'), 501],
  ['an unknown coding', coded(' xchunked'), 501],
  ['another coding before chunked', coded(' gzip, chunked'), 501],
  ['another coding before chunked, in two fields', coded(' gzip', ' chunked'), 501],
  ['another coding after chunked', coded(' chunked, gzip'), 400],
  ['chunked in quotes', coded(' "chunked"'), 501],
  ['an empty coding', coded(''), 400],
  ['an empty coding before chunked', coded(' , chunked'), 501],
  ['a comma after chunked', coded(' chunked,'), 400],
  ['chunked after a vertical tab', coded(' \u000bchunked'), 400],
  ['chunked before a form feed', coded(' chunked\u000c'), 400],
  ['chunked before a non-breaking space', coded(' chunked\u00a0'), 501],
  ['chunked before a tab', coded(' chunked\t'), 400],
  ['chunked with a NUL', coded(' chunked\u0000'), 400],
  ['chunked in HTTP/1.0', 'POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  [
    'chunked in HTTP/1.0, kept alive',
    'POST /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
];

const VERSIONS: readonly Refused[] = [
  ['HTTP/0.9 with a version', line('GET /a HTTP/0.9'), 505],
  ['HTTP/0.9 without one', 'GET /a\r\n\r\n', 505],
  ['HTTP/1.2', line('GET /a HTTP/1.2'), 400],
  ['HTTP/2.0 in text', line('GET /a HTTP/2.0'), 505],
  ['HTTP/3.0', line('GET /a HTTP/3.0'), 400],
  ['HTTP/1.10', line('GET /a HTTP/1.10'), 400],
  ['HTTP/1', line('GET /a HTTP/1'), 400],
  ['http in small letters', line('GET /a http/1.1'), 400],
  ['another protocol', line('GET /a SIP/2.0'), 400],
  ['the beginning of HTTP/2 without its end', 'PRI * HTTP/1.1\r\nHost: a\r\n\r\n', 400],
];

const LINES: readonly Refused[] = [
  ['a bare CR in a value', get('X-A: a\rb\r\n'), 400],
  ['a bare CR at the end of a field', 'GET /a HTTP/1.1\r\nHost: a\rX-A: b\r\n\r\n', 400],
  ['a bare LF at the end of a field', 'GET /a HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n', 400],
  ['a bare LF at the end of the request line', 'GET /a HTTP/1.1\nHost: a\r\n\r\n', 400],
  ['a bare LF at the end of the head', 'GET /a HTTP/1.1\r\nHost: a\r\n\n', 400],
  ['a NUL in a value', get('X-A: a\u0000b\r\n'), 400],
  ['a NUL in a name', get('X-\u0000A: b\r\n'), 400],
  ['a control character in a value', get('X-A: a\u0001b\r\n'), 400],
  ['a folded field', get('X-A: a\r\n b\r\n'), 400],
  ['a field folded by a tab', get('X-A: a\r\n\tb\r\n'), 400],
  ['a folded first field', 'GET /a HTTP/1.1\r\n Host: a\r\n\r\n', 400],
  ['a folded coding', post('Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'), 400],
  ['a space before the colon', get('X-A : b\r\n'), 400],
  ['a tab before the colon', get('X-A\t: b\r\n'), 400],
  ['a space before the colon of the length', post('Content-Length : 5\r\n\r\nhello'), 400],
  ['an empty name', get(': b\r\n'), 400],
  ['a name in brackets', get('X[A]: b\r\n'), 400],
  ['a name beyond ASCII', get('X-\u00c4: b\r\n'), 400],
  ['a field without a colon', get('X-A\r\n'), 400],
  ['a tab in the request line', line('GET\t/a HTTP/1.1'), 400],
  ['a space in the target', line('GET /a b HTTP/1.1'), 400],
  ['a space after the version', line('GET /a HTTP/1.1 '), 400],
  ['a method in small letters', line('get /a HTTP/1.1'), 400],
  ['a method nobody knows', line('FOO /a HTTP/1.1'), 400],
  ['no target', line('GET HTTP/1.1'), 400],
];

const TARGETS: readonly Refused[] = [
  ['a fragment', line('GET /a#b HTTP/1.1'), 400],
  ['a fragment in the query', line('GET /a?b#c HTTP/1.1'), 400],
  ['a tunnel', line('CONNECT a:80 HTTP/1.1'), 501],
  ['a tunnel to a path', line('CONNECT /a HTTP/1.1'), 501],
  ['authority form', line('GET a:80 HTTP/1.1'), 400],
  ['asterisk form', line('OPTIONS * HTTP/1.1'), 400],
  ['an absolute target of another scheme', line('GET ftp://a/a HTTP/1.1'), 400],
  ['an absolute target without a host', line('GET http:///a HTTP/1.1'), 400],
  ['an absolute target for another host', line('GET http://b/a HTTP/1.1'), 400],
  ['a character that no target has', line('GET /a\u00e4 HTTP/1.1'), 400],
  ['a backslash', line('GET /a\\b HTTP/1.1'), 400],
];

export const REFUSED: readonly Refused[] = [...HOSTS, ...LENGTHS, ...CODINGS, ...VERSIONS, ...LINES, ...TARGETS];

/** Of these the head is sound: it is passed on before the body turns out to be none, and then taken back. */
export const TORN: readonly (readonly [what: string, bytes: string])[] = [
  ['a chunk size with a plus', chunks('+5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size with a minus', chunks('-5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size in 0x', chunks('0x5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size that is none', chunks('zz\r\nhello\r\n0\r\n\r\n')],
  ['an empty chunk size', chunks('\r\nhello\r\n0\r\n\r\n')],
  ['a blank before a chunk size', chunks(' 5\r\nhello\r\n0\r\n\r\n')],
  ['a blank after a chunk size', chunks('5 \r\nhello\r\n0\r\n\r\n')],
  ['a chunk size beyond 64 bits', chunks('10000000000000005\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size that ends in LF', chunks('5\nhello\r\n0\r\n\r\n')],
  ['a chunk size that ends in CR', chunks('5\rhello\r\n0\r\n\r\n')],
  ['a chunk extension with a LF', chunks('5;a\nb\r\nhello\r\n0\r\n\r\n')],
  ['a chunk extension with a CR', chunks('5;a\rb\r\nhello\r\n0\r\n\r\n')],
  ['a chunk extension without end', chunks(`5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`)],
  ['a chunk without its line break', chunks('5\r\nhello0\r\n\r\n')],
  ['a chunk longer than its size', chunks('5\r\nhello!\r\n0\r\n\r\n')],
  ['a chunk followed by LF', chunks('5\r\nhello\n0\r\n\r\n')],
  ['trailers that name a length', chunks('5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n')],
  ['trailers that name a coding', chunks('5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n')],
  ['trailers that are folded', chunks('5\r\nhello\r\n0\r\nX-A: a\r\n b\r\n\r\n')],
  ['trailers with a space before the colon', chunks('5\r\nhello\r\n0\r\nX-A : a\r\n\r\n')],
  ['trailers without end', chunks(`5\r\nhello\r\n0\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`)],
];

export const PASSED: readonly Passed[] = [
  ['chunked in capitals', coded(' CHUNKED'), 'POST /base/a', ''],
  ['chunked after a tab', coded('\tchunked'), 'POST /base/a', ''],
  ['chunks with leading zeros', chunks('0005\r\nhello\r\n000\r\n\r\n'), 'POST /base/a', 'hello'],
  [
    'chunks in hex of both sorts',
    chunks('a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n'),
    'POST /base/a',
    '01234567890123456789',
  ],
  ['chunk extensions', chunks('5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n'), 'POST /base/a', 'hello'],
  [
    'trailers that name a host and a key',
    chunks('5\r\nhello\r\n0\r\nHost: b\r\nX-API-Key: other\r\n\r\n'),
    'POST /base/a',
    'hello',
  ],
  ['two spaces in the request line', line('GET  /a HTTP/1.1'), 'GET /base/a', ''],
  ['a length with leading zeros', long('005'), 'POST /base/a', 'hello'],
  ['a length among blanks', long(' \t5\t '), 'POST /base/a', 'hello'],
  ['a GET with a body', 'GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello', 'GET /base/a', 'hello'],
  [
    'a DELETE with chunks',
    'DELETE /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'DELETE /base/a',
    'hello',
  ],
  [
    'a body that looks like a request',
    post(`Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`),
    'POST /base/a',
    SMUGGLED,
  ],
  [
    'chunks that look like a request',
    chunks(`${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`),
    'POST /base/a',
    SMUGGLED,
  ],
  ['an absolute target', 'GET http://a/a HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /base/a', ''],
  ['empty lines before the request', `\r\n\r\n${get('')}`, 'GET /base/a', ''],
  ['dots and slashes', line('GET /x/..//./%61 HTTP/1.1'), 'GET /base/a', ''],
  [
    'Connection that names the framing',
    post('Connection: Host, Content-Length, keep-alive\r\nContent-Length: 5\r\n\r\nhello'),
    'POST /base/a',
    'hello',
  ],
  [
    'Connection that names the coding',
    post('Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
    'POST /base/a',
    'hello',
  ],
  ['blanks around a value', get('X-A:\t b \t\r\n'), 'GET /base/a', ''],
];
