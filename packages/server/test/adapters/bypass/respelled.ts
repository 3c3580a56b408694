/** Targets that some reader takes for `/v1/secret` or an item, and another for something else. */
export const RESPELLED: readonly string[] = [
  '/v1/secret%09', '/v1/secret%0a', '/v1/secret%0d%0a', '/v1/secret%7f', '/v1/%c1%b3ecret', '/v1/%e0%80%af/secret', '/%c0%afv1/secret', '/v1/%u0073ecret', '/v1/%ED%A0%80', '/v1/%C5%BFecret', '/v1/secret%E3%80%82',
  '/v1/secret/%2e', '/v1/secret%2f', '/v1/secret%2F.', '/v1/items/..%2fsecret', '/v1/items/%2e%2e/secret', '/v1/items/.%2e/secret', '/v1/items/..%5csecret', '/v1/items/..\\secret', '/v1/items/1/../../secret', '/v1/items/%00/../../secret',
  '/v1/items//', '/v1/items/1//', '/v1/items/%31', '/v1/items/1%2f2', '/v1/items/%252f', '/v1/items/%25', '/v1/items/a%25', '/v1/%2573ecret', '/%2576%2531/secret', '/v1/secret%', '/v1/secret%2', '/v1/secret%gg',
  '/v1/secret;', '/v1/secret;/', '/v1/;/secret', '/;/v1/secret', '/v1/secret/;a=1', '/v1/secret%3ba', '/v1/secret&a', '/v1/secret%26', '/v1/secret,', '/v1/secret~', '/v1/secret*', '/v1/*', '/*', '/v1/:id', '/v1/items/:id',
  '/v1/secret|', '/v1/secret"', '/v1/secret<>', '/v1/secret^', '/v1/secret`', '/v1/secret{}', '/v1/secret[]', '/v1/secret+', '/v1/+secret', '/v1/items#/../secret', '/v1/items?/../secret', '?/v1/secret', '/?/v1/secret', '/v1/secret??',
  '/v1/secret.json', '/v1/secret/index.html', '/v1/Items/1', '/V1/ITEMS', '/v1/items/A', '/v1/s\u00e9cret', '/v1/secret\u00a0', '/v1/secret\u0085', 'v1/secret', '//a/v1/secret', '///v1/secret', '/\\v1/secret', '\\v1\\secret',
  'http://A:80/v1/secret', 'http://a:80/v1/secret', 'http://a@b/v1/secret', 'http://b/v1/secret', 'https://a/v1/secret', 'http:///v1/secret', 'http:/v1/secret', 'http:v1/secret', 'ftp://a/v1/secret', 'ws://a/v1/secret', 'http://a?/v1/secret',
  'http://a#/v1/secret', 'http://a', 'http://a/v1/items/../secret', 'http://a/v1\\secret', 'http://a\\v1/secret', 'http://a/v1/%73ecret', 'http://a/V1/secret', '/v1/items/http://a/v1/secret', '/.', '/..', '/v1/items/...',
]; // prettier-ignore

/** What may be written as the host, so that who builds a URL of it reads another path. */
export const HOSTS: readonly string[] = [
  'a/v1/secret?', 'a/v1/secret#', 'a?', 'a#', 'a\\v1/secret', 'a@b', '', 'a:b', 'a:99999', '[::1]', '[::1', 'a b', 'a,b', 'a%2fv1', 'a.', 'http://a', 'a/../v1/secret', '/v1/secret', 'a/v1/secret/..', 'a\r\nHost: b', 'a/v1/secret?\r\nHost: a',
]; // prettier-ignore

const plain = (line: string, ...fields: readonly string[]): string =>
  [line, 'Host: a', ...fields, 'Connection: close', '', ''].join('\r\n');
const NEXT = plain('GET /v1/items HTTP/1.1');
/** A body that is framed in some way, and a request behind it. */
const framed = (fields: readonly string[], body: string): string =>
  `${['POST /v1/secret HTTP/1.1', 'Host: a', ...fields, '', body].join('\r\n')}${NEXT}`;

/** Further requests, by what is odd about them. */
export const ODDER: Readonly<Record<string, readonly string[]>> = {
  'request line': [
    'GET  /v1/secret HTTP/1.1', 'GET\t/v1/secret HTTP/1.1', ' GET /v1/secret HTTP/1.1', 'GET /v1/secret  HTTP/1.1', 'GET /v1/secret HTTP/1.1 ', 'GET /v1/secret http/1.1', 'GET /v1/secret HTTP/01.1', 'CONNECT a:80 HTTP/1.1', 'CONNECT /v1/secret HTTP/1.1', 'OPTIONS * HTTP/1.1', 'PRI * HTTP/1.1', 'HEAD /v1/secret HTTP/1.0',
  ].map((line) => plain(line)).concat(plain('GET /v1/secret HTTP/1.1').replaceAll('\r\n', '\n'), plain('GET /v1/items HTTP/1.1', 'X: a\r\nGET /v1/secret HTTP/1.1')),
  'transfer coding': ['chunked ', 'chunked\t', 'Chunked', 'chunked, chunked', 'identity, chunked', 'gzip, chunked', '', 'chunked\u000b'].flatMap((coding) => [
    framed([`Transfer-Encoding: ${coding}`], '0\r\n\r\n'),
    framed([`Transfer-Encoding: ${coding}`, 'Content-Length: 5'], '0\r\n\r\n'),
  ]),
  'length': ['5 ', '+5', '0x5', '05', '5,5', '5;', '-5', '5e0'].map((length) => framed([`Content-Length: ${length}`], 'abcde')),
  'chunks': ['0;a=b\r\n\r\n', '5;a\r\nhello\r\n0\r\n\r\n', '00\r\n\r\n', '0\r\nContent-Length: 5\r\nHost: b\r\nX-HTTP-Method-Override: DELETE\r\n\r\n', 'ffffffffffffffff\r\n', '5\r\nhelloX\r\n0\r\n\r\n'].map((body) => framed(['Transfer-Encoding: chunked'], body)),
  'number and size of fields': [
    plain('GET /v1/secret HTTP/1.1', ...Array.from({ length: 900 }, (_, i) => `A${i}: b`)),
    plain('GET /v1/secret HTTP/1.1', ...Array.from({ length: 2100 }, () => 'a:')),
    plain('GET /v1/secret HTTP/1.1', `X: ${'y'.repeat(15_000)}`),
    plain('GET /v1/secret HTTP/1.1', `X: ${'y'.repeat(17_000)}`),
    plain(`GET /v1/items/${'y'.repeat(15_000)} HTTP/1.1`),
  ],
}; // prettier-ignore

/** What asks, in ways beyond the usual ones, to be run as another request. */
export const OVERRIDES: readonly (readonly [line: string, ...fields: readonly string[]])[] = [
  ['HEAD /v1/items', 'X-HTTP-Method-Override: DELETE'],
  ['GET /v1/items/1?_method=DELETE'],
  ['POST /v1/items/1', 'x-Http-method-OVERRIDE: delete'],
  ['POST /v1/items/1', 'X-HTTP-Method-Override: DELETE, GET'],
  ['POST /v1/items/1?_METHOD=DELETE'],
  ['POST /v1/items/1?a=1;_method=DELETE'],
  ['POST /v1/items/1?a[_method]=DELETE'],
  ['POST /v1/items/1?_method=GET&_method=DELETE'],
  ['POST /v1/items/1?_method%00=DELETE'],
  ['POST /v1/items/1?_method.=DELETE'],
  ['POST /v1/items/1?&_method=DELETE'],
  ['POST /v1/items/1??_method=DELETE'],
  ['POST /v1/items/1?_meth%6fd=DELETE'],
  ['POST /v1/items/1?+_method=DELETE'],
  ['GET /v1/items', 'X-Forwarded-Uri: /v1/secret'],
  ['GET /v1/items', 'X-Original-URI: /v1/secret'],
  ['GET /v1/items', 'X-Forwarded-Prefix: /v1/secret'],
  ['GET /v1/items', 'X-Forwarded-Host: b/v1/secret?', 'X-Forwarded-Proto: https'],
];
