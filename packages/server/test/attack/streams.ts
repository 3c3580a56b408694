import { END_HEADERS, END_STREAM, frame, FRAME, GET, headBlock } from '../http2-support.ts';

type Field = readonly [name: string, value: string];
export type Refused = readonly [what: string, bytes: Buffer, status?: number];

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
export const many = (count: number, one: (i: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => one(i)));
const setting = (id: number, value: number): Buffer => Buffer.concat([u32(id).subarray(2), u32(value)]);

export const ask = (id: number, fields: readonly Field[] = GET): Buffer =>
  frame(FRAME.headers, END_HEADERS | END_STREAM, id, headBlock(fields));
export const begin = (id: number, fields: readonly Field[] = POST): Buffer =>
  frame(FRAME.headers, END_HEADERS, id, headBlock(fields));
export const data = (id: number, text: string, flags = END_STREAM): Buffer =>
  frame(FRAME.data, flags, id, Buffer.from(text));
export const reset = (id: number): Buffer => frame(FRAME.reset, 0, id, u32(8));

const POST: readonly Field[] = [[':method', 'POST'], ...GET.slice(1)];
const withField = (name: string, value: string): Buffer => ask(1, [...GET, [name, value]]);
const instead = (name: string, value: string): Buffer =>
  ask(
    1,
    GET.map(([each, was]) => [each, each === name ? value : was]),
  );
const without = (name: string): Buffer =>
  ask(
    1,
    GET.filter(([each]) => each !== name),
  );
const fields = (count: number): Field[] => Array.from({ length: count }, (_, i) => [`x-a${i}`, 'b']);

/** One field of 3,900 bytes in the table, and 12,000 references to it of a byte each (RFC 7541 6.1): 47 MB. */
function bomb(id: number): Buffer {
  const kept = Buffer.concat([Buffer.from([0x40]), headBlock([['x-bomb', 'y'.repeat(3900)]]).subarray(1)]);
  return frame(
    FRAME.headers,
    END_HEADERS | END_STREAM,
    id,
    Buffer.concat([headBlock(GET), kept, Buffer.alloc(12_000, 0xbe)]),
  );
}

/** Streams that no API may hear of. The status when an answer is owed; else the stream or the connection is reset. */
export const REFUSED: readonly Refused[] = [
  ['an empty path', instead(':path', '')],
  ['a path that is none', instead(':path', 'a')],
  ['a URL as path', instead(':path', 'http://b/a')],
  [
    'a URL as path, of a scheme nobody knows',
    ask(1, [
      [':method', 'GET'],
      [':scheme', 'x'],
      [':authority', 'a'],
      [':path', 'http://b/'],
    ]),
    400,
  ],
  ['a path with a space', instead(':path', '/a b')],
  ['a path with a line break', instead(':path', '/a\r\nX-A: b')],
  ['a path with a fragment', instead(':path', '/a#b'), 400],
  ['an asterisk', instead(':path', '*')],
  ['two paths', withField(':path', '/b')],
  ['two methods', withField(':method', 'GET')],
  ['a pseudo-field behind a field', ask(1, [...GET.slice(0, 3), ['x-a', 'b'], [':path', '/']])],
  ['a pseudo-field nobody knows', ask(1, [[':x', 'b'], ...GET])],
  ['a pseudo-field of answers', ask(1, [[':status', '200'], ...GET])],
  ['another protocol', ask(1, [[':method', 'CONNECT'], [':protocol', 'websocket'], ...GET.slice(1)])],
  [
    'a tunnel',
    ask(1, [
      [':method', 'CONNECT'],
      [':authority', 'a:80'],
    ]),
    501,
  ],
  ['no path', without(':path')],
  ['no method', without(':method')],
  ['no scheme', without(':scheme')],
  ['no authority', without(':authority')],
  ['an authority with a user', instead(':authority', 'b@a')],
  ['an empty authority', instead(':authority', '')],
  ['two hosts', withField('host', 'b'), 400],
  ['a method in small letters', instead(':method', 'get'), 400],
  ['a method nobody knows', instead(':method', 'FOO'), 400],
  ['a method with a request in it', instead(':method', 'GET / HTTP/1.1\r\nX-A: b\r\n\r\n')],
  ['a name in capitals', withField('X-A', 'b')],
  ['connection', withField('connection', 'close')],
  ['keep-alive', withField('keep-alive', '1')],
  ['proxy-connection', withField('proxy-connection', '1')],
  ['transfer-encoding', withField('transfer-encoding', 'chunked')],
  ['upgrade', withField('upgrade', 'websocket')],
  ['te that is not trailers', withField('te', 'gzip')],
  ['an expectation nobody knows', withField('expect', 'x'), 417],
  [
    'a length that differs from the other',
    Buffer.concat([begin(1, [...POST, ['content-length', '5'], ['content-length', '6']]), data(1, 'hello')]),
  ],
  ['a length that is longer', Buffer.concat([begin(1, [...POST, ['content-length', '6']]), data(1, 'hello')])],
  ['a length that is shorter', Buffer.concat([begin(1, [...POST, ['content-length', '4']]), data(1, 'hello')])],
  ['a signed length', Buffer.concat([begin(1, [...POST, ['content-length', '+5']]), data(1, 'hello')])],
  ['an empty length', Buffer.concat([begin(1, [...POST, ['content-length', '']]), data(1, 'hello')])],
  ['a length without a body', ask(1, [...POST, ['content-length', '5']])],
  ['trailers that end nothing', Buffer.concat([begin(1), data(1, 'hello', 0), begin(1, [['x-t', 'y']])])],
  ['trailers with a path', Buffer.concat([begin(1), data(1, 'hello', 0), ask(1, [[':path', '/b']])])],
  ['101 fields', ask(1, [...GET, ...fields(100)]), 431],
  ['200 fields', ask(1, [...GET, ...fields(200)])],
  ['fields of 20 kB', ask(1, [...GET, ...fields(90).map(([name]): Field => [name, 'y'.repeat(180)])])],
  ['a small head that is large', bomb(1)],
  ['a stream of an even number', ask(2)],
  ['stream 0', ask(0)],
  ['data for a stream that is not open', data(1, 'hello')],
  ['data behind the end', Buffer.concat([ask(1), data(1, 'hello')])],
  ['a reset of no stream', reset(1)],
  ['a frame that is too large', frame(FRAME.data, 0, 1, Buffer.alloc(20_000))],
  ['a promise', frame(FRAME.push, END_HEADERS, 1, Buffer.concat([u32(2), headBlock(GET)]))],
  [
    'a stream that depends on itself',
    frame(FRAME.headers, 0x25, 1, Buffer.concat([u32(1), Buffer.from([5]), headBlock(GET)])),
  ],
  ['more padding than there is', frame(FRAME.headers, 0x0d, 1, Buffer.concat([Buffer.from([255]), headBlock(GET)]))],
  [
    'a window that overflows',
    Buffer.concat([frame(FRAME.window, 0, 0, u32(0x7fffffff)), frame(FRAME.window, 0, 0, u32(0x7fffffff))]),
  ],
  ['a window grown by nothing', frame(FRAME.window, 0, 0, u32(0))],
  ['a window that cannot be', frame(FRAME.settings, 0, 0, setting(4, 0xffffffff))],
  ['settings of five bytes', frame(FRAME.settings, 0, 0, Buffer.alloc(5))],
  ['a ping of seven bytes', frame(FRAME.ping, 0, 0, Buffer.alloc(7))],
  [
    'a table that cannot be',
    frame(FRAME.headers, 5, 1, Buffer.concat([Buffer.from([0x3f, 0xff, 0xff, 0x7f]), headBlock(GET)])),
  ],
  ['fields of no table', frame(FRAME.headers, 5, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]))],
  [
    'something else in the middle of a head',
    Buffer.concat([frame(FRAME.headers, 1, 1, headBlock(GET)), frame(FRAME.ping, 0, 0, Buffer.alloc(8))]),
  ],
];

/** Streams that are read in one way: what the API gets of each. */
export const PASSED: readonly (readonly [what: string, bytes: Buffer, request: string, body: string])[] = [
  [
    'host without authority',
    ask(1, [...GET.filter(([name]) => name !== ':authority'), ['host', 'a']]),
    'GET /base/',
    '',
  ],
  [
    'a body without a length',
    Buffer.concat([begin(1), data(1, 'he', 0), data(1, '', 0), data(1, 'llo')]),
    'POST /base/',
    'hello',
  ],
  [
    'a body with its length',
    Buffer.concat([begin(1, [...POST, ['content-length', '5']]), data(1, 'hello')]),
    'POST /base/',
    'hello',
  ],
  [
    'trailers',
    Buffer.concat([
      begin(1),
      data(1, 'hello', 0),
      ask(1, [
        ['x-api-key', 'b'],
        ['x-t', 'y'],
      ]),
    ]),
    'POST /base/',
    'hello',
  ],
  ['a value with a line break', withField('x-a', 'b\r\nx-api-key: c'), 'GET /base/', ''],
  ['a name with a line break', withField('x-a\r\nx-api-key', 'c'), 'GET /base/', ''],
  ['a value with a NUL', withField('x-api-key', 'c\0'), 'GET /base/', ''],
  ['a name with a colon', withField('x-api-key:b', 'c'), 'GET /base/', ''],
  ['an empty name', withField('', 'b'), 'GET /base/', ''],
  ['te of trailers', withField('te', 'trailers'), 'GET /base/', ''],
  [
    'an expectation',
    Buffer.concat([begin(1, [...POST, ['expect', '100-continue']]), data(1, 'hello')]),
    'POST /base/',
    'hello',
  ],
  [
    'a body that looks like a request',
    Buffer.concat([begin(1), data(1, 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n')]),
    'POST /base/',
    'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
];

const turn = (i: number): number => 2 * i + 1;

/** What costs a caller little. Each either ends its own connection or costs us little too. */
export const FLOODS: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['resets', many(1000, (i) => Buffer.concat([ask(turn(i)), reset(turn(i))]))],
  ['resets of uploads', many(1000, (i) => Buffer.concat([begin(turn(i)), reset(turn(i))]))],
  [
    'frames for which a stream must be reset',
    many(1000, (i) => Buffer.concat([ask(turn(i)), frame(FRAME.window, 0, turn(i), u32(0))])),
  ],
  [
    'continuations',
    Buffer.concat([
      frame(FRAME.headers, 1, 1, headBlock(GET)),
      many(5000, () => frame(FRAME.continuation, 0, 1, headBlock([['x-a', 'b']]))),
    ]),
  ],
  [
    'empty continuations',
    Buffer.concat([frame(FRAME.headers, 1, 1, headBlock(GET)), many(50_000, () => frame(FRAME.continuation, 0, 1))]),
  ],
  ['settings', many(5000, () => frame(FRAME.settings, 0, 0))],
  [
    'settings nobody knows',
    many(200, () =>
      frame(
        FRAME.settings,
        0,
        0,
        many(2000, (i) => setting(100 + i, i)),
      ),
    ),
  ],
  ['settings that are confirmed', many(5000, () => frame(FRAME.settings, 1, 0))],
  ['pings', many(5000, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)))],
  ['pings that are confirmed', many(5000, () => frame(FRAME.ping, 1, 0, Buffer.alloc(8)))],
  ['empty data', Buffer.concat([begin(1), many(50_000, () => frame(FRAME.data, 0, 1))])],
  ['padded data of nothing', Buffer.concat([begin(1), many(20_000, () => frame(FRAME.data, 8, 1, Buffer.from([0])))])],
  ['windows', many(50_000, () => frame(FRAME.window, 0, 0, u32(1)))],
  ['windows of a stream', Buffer.concat([begin(1), many(50_000, () => frame(FRAME.window, 0, 1, u32(1)))])],
  ['priorities', many(50_000, (i) => frame(FRAME.priority, 0, turn(i), Buffer.from([0, 0, 0, 0, 1])))],
  ['frames nobody knows', many(50_000, () => frame(77, 0, 0, Buffer.from([1])))],
  ['streams beyond the maximum', many(2000, (i) => begin(turn(i)))],
  ['heads with too many fields', many(500, (i) => ask(turn(i), [...GET, ...fields(120)]))],
  ['small heads that are large', many(200, (i) => bomb(turn(i)))],
  ['goodbyes', Buffer.concat([many(5000, () => frame(FRAME.goaway, 0, 0, Buffer.alloc(8))), ask(1)])],
];
