import { describe, expect, it } from 'vitest';
import { checkPolicy, compilePolicy, lineOf, POLICY_ERRORS, PolicyError } from './index.ts';

const HEAD = 'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\n';
const limit = (body: string): string => `${HEAD}limits: { a: { ${body} } }`;
const rate = (written: string): string => limit(`rate: ${written}`);
const quota = (written: string): string => limit(`quota: ${written}`);
const answer = (body: string): string => `${HEAD}respond: { exceeded: { ${body} } }`;
const block = (body: string): string => `${HEAD}limits: { a: { rate: 1/s } }\nrespond: { headers: { of: a, ${body} } }`;
const operations = (body: string): string => `${HEAD}operations: { ${body} }`;
const override = (body: string): string => `${HEAD}limits: { a: { rate: 1/s }, b: { rate: [1/s, 5/m] } }\noverrides: [${body}]`;
const ASIDE = 'from: 2026-01-01, reason: r, by: b';
const deep = (levels: number): string => `headgate: 1\nx: ${'['.repeat(levels)}1${']'.repeat(levels)}`;

/** Every row: what it is, the text, the code, and a piece of the advice. */
const REFUSED: readonly (readonly [what: string, text: string, code: keyof typeof POLICY_ERRORS, says?: string])[] = [
  // The file
  ['an empty file', '', 'ERR_POLICY_BLANK'],
  ['a comment alone', '# nothing', 'ERR_POLICY_BLANK'],
  ['a list', '- headgate: 1', 'ERR_POLICY_TYPE'],
  ['a text', 'headgate', 'ERR_POLICY_TYPE'],
  ['another version', 'headgate: 2', 'ERR_POLICY_VERSION'],
  ['no version', 'name: x', 'ERR_POLICY_VERSION'],
  ['a version in quotes', 'headgate: "1"', 'ERR_POLICY_VERSION'],
  ['broken YAML', 'headgate: 1\nlimits: { a: [', 'ERR_POLICY_SYNTAX'],
  ['tabs as indentation', 'headgate: 1\nlimits:\n\ta: 1', 'ERR_POLICY_SYNTAX'],
  ['YAML 1.1', '%YAML 1.1\n---\nheadgate: 1', 'ERR_POLICY_SYNTAX'],
  ['two documents', 'headgate: 1\n---\nheadgate: 1', 'ERR_POLICY_DOCUMENTS'],
  ['a name twice', `${HEAD}limits: { a: { rate: 1/s }, a: { rate: 2/s } }`, 'ERR_POLICY_DUPLICATE'],
  ['a word twice', 'headgate: 1\nheadgate: 1', 'ERR_POLICY_DUPLICATE'],
  ['a tag', 'headgate: !!int 1', 'ERR_POLICY_TAG'],
  ['a tag that makes something', 'headgate: 1\nname: !!js/function x', 'ERR_POLICY_TAG'],
  ['a map as a name', 'headgate: 1\n? { a: 1 }\n: 2', 'ERR_POLICY_SYNTAX'],
  ['an alias of nothing', 'headgate: 1\nname: *nobody', 'ERR_POLICY_ALIAS'],
  ['an alias of itself', 'headgate: 1\nlimits: &a { a: *a }', 'ERR_POLICY_DEPTH'],
  ['aliases that multiply', `headgate: 1\na: &a [${'1,'.repeat(50)}]\nb: &b [${'*a,'.repeat(40)}]\nc: [${'*b,'.repeat(40)}]`, 'ERR_POLICY_ALIAS'],
  ['depth', deep(40), 'ERR_POLICY_DEPTH'],
  ['absurd depth', deep(20_000), 'ERR_POLICY_DEPTH'],
  ['size', `headgate: 1\n# ${'x'.repeat(256 * 1024)}`, 'ERR_POLICY_SIZE'],
  ['an invisible character', 'headgate: 1\nname: a\u0000b', 'ERR_POLICY_ENCODING', 'U+0000'],
  ['half a character', 'headgate: 1\nname: \ud800', 'ERR_POLICY_ENCODING'],
  ['a byte order mark within', 'headgate: 1\nname: a\ufeffb', 'ERR_POLICY_ENCODING'],
  ['__proto__ as a name', `${HEAD}limits: { __proto__: { rate: 1/s } }`, 'ERR_POLICY_NAME'],
  // Words
  ['an unknown word', 'headgate: 1\nlimts: {}', 'ERR_POLICY_WORD', 'did you mean "limits"?'],
  ['an unknown word of a limit', limit('rate: 1/s, brust: 5'), 'ERR_POLICY_WORD', 'did you mean "burst"?'],
  ['a merge key', `${HEAD}limits: { a: { rate: 1/s, <<: { per: key } } }`, 'ERR_POLICY_WORD'],
  ['null', limit('rate: null'), 'ERR_POLICY_BLANK'],
  ['nothing', `${HEAD}limits: { a: { rate: 1/s, per: } }`, 'ERR_POLICY_BLANK'],
  ['an empty list', limit('rate: 1/s, per: []'), 'ERR_POLICY_BLANK'],
  ['a number for text', 'headgate: 1\nname: 5', 'ERR_POLICY_TYPE', '"5"'],
  ['a text for a number', answer('status: "429"'), 'ERR_POLICY_TYPE', 'a number'],
  ['a list for a map', 'headgate: 1\nlimits: []', 'ERR_POLICY_TYPE'],
  ['a choice that is none', limit('rate: 1/s, algorithm: slidng'), 'ERR_POLICY_CHOICE', 'did you mean "sliding"?'],
  ['a word of another kind', limit('size: 1MB, per: key'), 'ERR_POLICY_WORD', 'a size keeps no counter'],
  ['a burst without a bucket', limit('rate: 1/s, burst: 5'), 'ERR_POLICY_WORD', 'bucket'],
  ['an alignment of a sliding window', limit('rate: 1/s, align: clock'), 'ERR_POLICY_WORD', 'fixed'],
  ['slices of a fixed window', limit('rate: 1/s, algorithm: fixed, slices: 8'), 'ERR_POLICY_WORD', 'sliding'],
  ['no kind', limit('per: key'), 'ERR_POLICY_KIND'],
  ['two kinds', limit('rate: 1/s, quota: 5/day'), 'ERR_POLICY_KIND', 'two limits'],
  // Names
  ['constructor as a limit', `${HEAD}limits: { constructor: { rate: 1/s } }`, 'ERR_POLICY_NAME'],
  ['toString as a plan', `${HEAD}plans: [toString]`, 'ERR_POLICY_NAME'],
  ['hasOwnProperty as an attribute', `${HEAD}derive: { hasOwnProperty: '1' }`, 'ERR_POLICY_NAME'],
  ['prototype as an answer', `${HEAD}respond: { answers: { prototype: { status: 429 } } }`, 'ERR_POLICY_NAME'],
  ['valueOf as an operation', operations('valueOf: { match: GET /a }'), 'ERR_POLICY_NAME'],
  ['a name with a space', `${HEAD}limits: { "a b": { rate: 1/s } }`, 'ERR_POLICY_NAME'],
  ['a name with a line break', `${HEAD}limits: { "a\\nb": { rate: 1/s } }`, 'ERR_POLICY_NAME'],
  ['a word of the language as a limit', `${HEAD}limits: { binding: { rate: 1/s } }`, 'ERR_POLICY_NAME'],
  ['a word of the language as a plan', `${HEAD}plans: [FREE, else]`, 'ERR_POLICY_NAME'],
  ['a plan twice', `${HEAD}plans: [FREE, FREE]`, 'ERR_POLICY_DUPLICATE'],
  ['a label of two lines', limit('rate: 1/s, label: "a\\nb"'), 'ERR_POLICY_NAME'],
  // Amounts
  ['no window', rate('100'), 'ERR_POLICY_AMOUNT', 'over a duration'],
  ['a window that is none', rate('50/10 parsecs'), 'ERR_POLICY_WINDOW', '"10 parsecs"'],
  ['a day on a rate', rate('100/day'), 'ERR_POLICY_PERIOD', 'write "quota: 100/day" for the calendar day, or "rate: 100/24h" for any 24h'],
  ['a d on a rate', rate('100/d'), 'ERR_POLICY_PERIOD', '"rate: 100/24h"'],
  ['a week on a rate', rate('100/week'), 'ERR_POLICY_PERIOD', '"rate: 100/168h"'],
  ['a month on a rate', rate('1.5k/month'), 'ERR_POLICY_PERIOD', '"quota: 1.5k/month"'],
  ['ever on a rate', rate('100/ever'), 'ERR_POLICY_PERIOD', '"quota: 100/ever"'],
  ['hours on a quota', quota('100/24h'), 'ERR_POLICY_PERIOD', '"rate: 100/24h"'],
  ['an unknown period', quota('100/mnth'), 'ERR_POLICY_PERIOD', 'did you mean "month"?'],
  ['a fraction of a quota', quota('0.5/day'), 'ERR_POLICY_AMOUNT', 'whole'],
  ['nothing a minute', rate('0/minute'), 'ERR_POLICY_NEVER', '"none"'],
  ['nothing a day', quota('0/day'), 'ERR_POLICY_NEVER', '"none"'],
  ['a size of nothing', limit('size: 0'), 'ERR_POLICY_NEVER'],
  ['less than nothing', rate('-5/m'), 'ERR_POLICY_AMOUNT'],
  ['a size below nothing', limit('size: -1'), 'ERR_POLICY_RANGE'],
  ['more than can be counted', rate('9007199254740992/m'), 'ERR_POLICY_AMOUNT', '2^53'],
  ['more digits than anybody needs', rate(`${'9'.repeat(400)}/m`), 'ERR_POLICY_AMOUNT'],
  ['a window of centuries', rate('1/900000h'), 'ERR_POLICY_WINDOW'],
  ['a rate finer than ten years', rate('0.000000000001/h'), 'ERR_POLICY_AMOUNT'],
  ['an unknown unit', limit('size: 5 PB'), 'ERR_POLICY_AMOUNT', 'no unit'],
  ['half a byte', limit('size: 0.5B'), 'ERR_POLICY_AMOUNT', 'whole'],
  ['hexadecimal', rate('0x10/m'), 'ERR_POLICY_AMOUNT'],
  ['an exponent', rate('1e3/m'), 'ERR_POLICY_AMOUNT'],
  ['an expression without brackets', rate('5 * facts.n/h'), 'ERR_POLICY_AMOUNT', 'brackets'],
  ['a truth value', rate('true'), 'ERR_POLICY_AMOUNT'],
  ['infinity', limit('size: .inf'), 'ERR_POLICY_TYPE'],
  ['not a number', limit('size: .nan'), 'ERR_POLICY_TYPE'],
  ['a burst of nothing', limit('rate: 1/s, algorithm: bucket, burst: 0'), 'ERR_POLICY_NEVER'],
  ['a burst that is a rate', limit('rate: 1/s, algorithm: bucket, burst: 5/s'), 'ERR_POLICY_EXPRESSION'],
  ['a bucket that cannot be counted exactly', limit('rate: 7/3600001ms, algorithm: bucket, burst: 9007199254740991'), 'ERR_POLICY_AMOUNT'],
  ['a cost above the amount', limit('rate: 5/s, cost: 6'), 'ERR_POLICY_NEVER', 'costs 6'],
  ['a cost above the burst', limit('rate: 50/s, algorithm: bucket, burst: 5, cost: 6'), 'ERR_POLICY_NEVER'],
  ['a cost above one plan’s amount', `${HEAD}plans: [A, B]\nlimits: { a: { rate: { A: 5/s, B: 50/s }, cost: 10 } }`, 'ERR_POLICY_NEVER'],
  ['a cost below nothing', limit('rate: 5/s, cost: -1'), 'ERR_POLICY_RANGE'],
  ['half a unit of cost', limit('rate: 5/s, cost: 0.5'), 'ERR_POLICY_AMOUNT'],
  ['an unlimited cost', limit('rate: 5/s, cost: unlimited'), 'ERR_POLICY_AMOUNT'],
  ['one slice', limit('rate: 5/s, slices: 1'), 'ERR_POLICY_RANGE'],
  ['65 slices', limit('rate: 5/s, slices: 65'), 'ERR_POLICY_RANGE'],
  ['the same window twice', limit('rate: [5/1m, 6/60s]'), 'ERR_POLICY_DUPLICATE'],
  // Choices
  ['a table by plan without plans', rate('{ FREE: 1/s }'), 'ERR_POLICY_TABLE', '`plans`'],
  ['a table that misses a plan', `${HEAD}plans: [FREE, PRO]\nlimits: { a: { rate: { FREE: 1/s } } }`, 'ERR_POLICY_TABLE', 'misses PRO'],
  ['a table with an unknown plan', `${HEAD}plans: [FREE]\nlimits: { a: { rate: { FRE: 1/s, else: 2/s } } }`, 'ERR_POLICY_TABLE', 'did you mean "FREE"?'],
  ['a table without else', rate('{ by: request.method, GET: 1/s }'), 'ERR_POLICY_TABLE', '"else"'],
  ['a table by source that misses one', rate('{ by: subject.auth, keys: 1/s }'), 'ERR_POLICY_TABLE'],
  ['a table in a table that misses a plan', `${HEAD}plans: [A, B]\nlimits: { a: { rate: { by: request.method, GET: { A: 1/s }, else: 1/s } } }`, 'ERR_POLICY_TABLE', 'misses B'],
  ['cases without a last resort', rate('{ cases: [{ when: "true", use: 1/s }] }'), 'ERR_POLICY_CASES'],
  ['a last resort that is not last', rate('{ cases: [{ use: 1/s }, { when: "true", use: 1/s }] }'), 'ERR_POLICY_CASES'],
  ['no cases', rate('{ cases: [] }'), 'ERR_POLICY_BLANK'],
  // Expressions
  ['an expression that does not parse', limit('rate: 1/s, when: "request.method =="'), 'ERR_POLICY_EXPRESSION'],
  ['an expression of another type', limit('rate: 1/s, when: "1 + 1"'), 'ERR_POLICY_EXPRESSION', 'true or false'],
  ['an unknown root', limit('rate: 1/s, when: requst.method == "GET"'), 'ERR_POLICY_EXPRESSION', 'did you mean "request"?'],
  ['a body', limit('rate: 1/s, cost: request.body.n'), 'ERR_POLICY_NOT_BUILT'],
  ['an answer before there is one', limit('rate: 1/s, when: response.ok'), 'ERR_POLICY_NOT_BUILT'],
  // Names of things
  ['an unknown operation', `${operations('list: { match: GET /a }')}\nlimits: { a: { rate: 1/s, on: lisst } }`, 'ERR_POLICY_UNKNOWN', 'did you mean "list"?'],
  ['an operation where there are none', limit('rate: 1/s, except: list'), 'ERR_POLICY_UNKNOWN', 'has none'],
  ['all operations taken out', `${operations('list: { match: GET /a }')}\nlimits: { a: { rate: 1/s, except: list } }`, 'ERR_POLICY_NEVER'],
  ['an unknown limit to replace', limit('rate: 1/s, replaces: b'), 'ERR_POLICY_UNKNOWN'],
  ['an unknown answer', limit('rate: 1/s, past: exceded'), 'ERR_POLICY_UNKNOWN', 'did you mean "exceeded"?'],
  ['an unknown limit to report', `${HEAD}respond: { report: nope }`, 'ERR_POLICY_UNKNOWN'],
  ['a report of several windows', `${HEAD}limits: { a: { rate: [1/s, 5/m] } }\nrespond: { report: a }`, 'ERR_POLICY_UNKNOWN', 'a.1s, a.1m'],
  ['an unknown limit in headers', `${HEAD}respond: { headers: { of: nope, dialect: ratelimit } }`, 'ERR_POLICY_UNKNOWN'],
  ['an answer to a requirement that is unknown', `${HEAD}require: { a: { that: "true", else: nope } }`, 'ERR_POLICY_UNKNOWN'],
  ['a limit that replaces itself', limit('rate: 1/s, replaces: a'), 'ERR_POLICY_CYCLE'],
  ['limits that replace each other', `${HEAD}limits: { a: { rate: 1/s, replaces: b }, b: { rate: 1/s, replaces: c }, c: { rate: 1/s, replaces: a } }`, 'ERR_POLICY_CYCLE', 'a, b, c'],
  // Partitions
  ['a partition part twice', limit('rate: 1/s, per: [key, key]'), 'ERR_POLICY_DUPLICATE'],
  ['global beside a part', limit('rate: 1/s, per: [key, global]'), 'ERR_POLICY_WORD'],
  ['each', limit('rate: 1/s, per: each(facts.to)'), 'ERR_POLICY_NOT_BUILT'],
  ['a hundred parts', limit(`rate: 1/s, per: [${Array.from({ length: 100 }, (_, i) => `key.a${i}`).join(', ')}]`), 'ERR_POLICY_RANGE'],
  // Identity
  ['a source that looks nowhere', 'headgate: 1\nidentify: { key: { find: any } }', 'ERR_POLICY_MISSING'],
  ['a source that is not looked up', 'headgate: 1\nidentify: { key: { bearer: true } }', 'ERR_POLICY_MISSING'],
  ['anonymous first', 'headgate: 1\nidentify: { anonymous: true, key: { bearer: true, find: any } }', 'ERR_POLICY_WORD', 'last'],
  ['true for another source', 'headgate: 1\nidentify: { key: true }', 'ERR_POLICY_TYPE'],
  ['false for anonymous', 'headgate: 1\nidentify: { anonymous: false }', 'ERR_POLICY_TYPE'],
  ['a source called address', 'headgate: 1\nidentify: { address: { bearer: true, find: any } }', 'ERR_POLICY_NAME'],
  ['a source in another’s shadow', 'headgate: 1\nidentify: { a: { bearer: true, find: any }, b: { bearer: "ghs_*", find: any } }', 'ERR_POLICY_SHADOWED'],
  ['find: jwt', 'headgate: 1\nidentify: { a: { bearer: true, find: jwt } }', 'ERR_POLICY_NOT_BUILT'],
  ['find: kyes', 'headgate: 1\nidentify: { a: { bearer: true, find: kyes } }', 'ERR_POLICY_CHOICE', 'did you mean "keys"?'],
  ['keys without keys', 'headgate: 1\nidentify: { a: { bearer: true, find: keys } }', 'ERR_POLICY_KEYS'],
  ['keys beside find: any', 'headgate: 1\nidentify: { a: { bearer: true, find: any, keys: { x: {} } } }', 'ERR_POLICY_KEYS'],
  ['a digest that is too short', 'headgate: 1\nidentify: { a: { bearer: true, find: keys, keys: { "sha256:12": {} } } }', 'ERR_POLICY_KEYS'],
  ['a key nobody could send', 'headgate: 1\nidentify: { a: { bearer: true, find: keys, keys: { "a b": {} } } }', 'ERR_POLICY_KEYS'],
  ['a key with an unknown plan', 'headgate: 1\nplans: [PRO]\nidentify: { a: { bearer: true, find: keys, keys: { x: { plan: PR } } } }', 'ERR_POLICY_UNKNOWN', 'did you mean "PRO"?'],
  ['a key that says its own auth', 'headgate: 1\nidentify: { a: { bearer: true, find: keys, keys: { x: { auth: y } } } }', 'ERR_POLICY_NAME'],
  ['a prefix without a star', 'headgate: 1\nidentify: { a: { bearer: ghs_, find: any } }', 'ERR_POLICY_TYPE', 'ghs_*'],
  ['a header that is no name', 'headgate: 1\nidentify: { a: { header: "X Key", find: any } }', 'ERR_POLICY_HEADER'],
  ['a proxy that is no address', 'headgate: 1\naddress: { trust: 10.0.0.0/33 }', 'ERR_POLICY_ADDRESS'],
  ['a proxy with an octal byte', 'headgate: 1\naddress: { trust: 010.0.0.1 }', 'ERR_POLICY_ADDRESS'],
  ['a proxy by name', 'headgate: 1\naddress: { trust: [localhost] }', 'ERR_POLICY_ADDRESS'],
  ['a proxy with a zone', 'headgate: 1\naddress: { trust: "fe80::1%eth0" }', 'ERR_POLICY_ADDRESS'],
  ['a rate before anybody is known that depends on somebody', 'headgate: 1\nplans: [A]\nunidentified: { A: 1/s }', 'ERR_POLICY_AMOUNT'],
  // Operations
  ['an operation that matches nothing', operations('a: {}'), 'ERR_POLICY_MISSING'],
  ['a route without a method', operations('a: { match: /x }'), 'ERR_POLICY_ROUTE'],
  ['a method in small letters', operations('a: { match: get /x }'), 'ERR_POLICY_ROUTE', 'capitals'],
  ['a brace in a route', operations('a: { match: "GET /x/{id}" }'), 'ERR_POLICY_ROUTE', ':id'],
  ['a star in a route', operations('a: { match: GET /x/* }'), 'ERR_POLICY_ROUTE'],
  ['a rest that is not last', operations('a: { match: GET /**/x }'), 'ERR_POLICY_ROUTE', 'last'],
  ['dots in a route', operations('a: { match: GET /x/../y }'), 'ERR_POLICY_ROUTE'],
  ['a query in a route', operations('a: { match: "GET /x?y=1" }'), 'ERR_POLICY_ROUTE'],
  ['a doubled slash', operations('a: { match: GET //x }'), 'ERR_POLICY_ROUTE'],
  ['a variable twice', operations('a: { match: GET /:id/:id }'), 'ERR_POLICY_ROUTE', 'twice'],
  ['an operation after one that takes all', operations('a: { match: ANY /** }, b: { match: GET /x }'), 'ERR_POLICY_SHADOWED', '"a"'],
  ['an operation after a wider one', operations('a: { match: GET /x/:id }, b: { match: GET /x/new }'), 'ERR_POLICY_SHADOWED'],
  ['HEAD after GET, which it is counted as', operations('a: { match: GET /x }, b: { match: HEAD /x }'), 'ERR_POLICY_SHADOWED'],
  // Overrides
  ['an override for nobody', override(`{ for: {}, lift: a, ${ASIDE} }`), 'ERR_POLICY_BLANK'],
  ['an override of nothing', override(`{ for: { key: x }, ${ASIDE} }`), 'ERR_POLICY_MISSING'],
  ['an override without a reason', override('{ for: { key: x }, lift: a, from: 2026-01-01, by: b }'), 'ERR_POLICY_MISSING'],
  ['an override of an unknown limit', override(`{ for: { key: x }, limits: { c: 5/s }, ${ASIDE} }`), 'ERR_POLICY_UNKNOWN'],
  ['an override of several windows at once', override(`{ for: { key: x }, limits: { b: 5/s }, ${ASIDE} }`), 'ERR_POLICY_UNKNOWN', 'b.1s, b.1m'],
  ['an override of another kind', override(`{ for: { key: x }, limits: { a: 5/day }, ${ASIDE} }`), 'ERR_POLICY_PERIOD'],
  ['an override that lifts nothing', override(`{ for: { key: x }, lift: c, ${ASIDE} }`), 'ERR_POLICY_UNKNOWN'],
  ['an override to no plan', override(`{ for: { key: x }, plan: PRO, ${ASIDE} }`), 'ERR_POLICY_UNKNOWN'],
  ['an instant that never was', override('{ for: { key: x }, lift: a, from: 2026-02-30, reason: r, by: b }'), 'ERR_POLICY_INSTANT'],
  ['an instant without a zone', override('{ for: { key: x }, lift: a, from: "2026-02-01T10:00:00", reason: r, by: b }'), 'ERR_POLICY_INSTANT'],
  ['an end before its beginning', override(`{ for: { key: x }, lift: a, until: 2025-01-01, ${ASIDE} }`), 'ERR_POLICY_INSTANT'],
  ['a tie', override(`{ for: { key: x }, limits: { a: 5/s }, ${ASIDE} }, { for: { address: y }, limits: { a: 6/s }, ${ASIDE} }`), 'ERR_POLICY_TIE'],
  // Calendars
  ['an unknown zone', limit('quota: 5/day, calendar: { zone: Europe/Berln }'), 'ERR_POLICY_ZONE', 'did you mean "Europe/Berlin"?'],
  ['day 32', limit('quota: 5/month, calendar: { anchor: 32 }'), 'ERR_POLICY_RANGE'],
  ['day 0 in quotes', limit('quota: 5/month, calendar: { anchor: "0" }'), 'ERR_POLICY_RANGE'],
  ['a day that is none', limit('quota: 5/week, calendar: { week: moonday }'), 'ERR_POLICY_CHOICE', 'did you mean "monday"?'],
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
  ['a placeholder of a ladder', answer('body: "{reason}"'), 'ERR_POLICY_NOT_BUILT'],
  ['a body by something', answer('body: { by: request.method, GET: a }'), 'ERR_POLICY_NOT_BUILT'],
];

describe('a policy is refused for', () => {
  it.each(REFUSED.map(([what, text, code, says = '']) => ({ what, text, code, says })))('$what', ({ text, code, says }) => {
    const problems = checkPolicy(text).filter(({ severity }) => severity === 'error');
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(problems.filter((problem) => problem.code === code).map((problem) => lineOf(problem)).join('\n')).toContain(says);
    for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
  });

  it.each([
    ['bytes that are not UTF-8', new Uint8Array([0x68, 0xff])],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x68, 0x00])],
  ])('%s', (_, bytes) => {
    expect(checkPolicy(bytes).map(({ code }) => code)).toEqual(['ERR_POLICY_ENCODING']);
  });

  const circle: Record<string, unknown> = { headgate: 1 };
  circle['limits'] = circle;

  it.each([
    ['a function', { headgate: 1, name: () => 'x' }, 'ERR_POLICY_TYPE'],
    ['a date', { headgate: 1, name: new Date(0) }, 'ERR_POLICY_TYPE'],
    ['a big integer', { headgate: 1, name: 5n }, 'ERR_POLICY_TYPE'],
    ['a circle', circle, 'ERR_POLICY_DEPTH'],
    ['half a character', { headgate: 1, name: '\udc00' }, 'ERR_POLICY_ENCODING'],
    ['a prototype of its own', JSON.parse('{"headgate":1,"__proto__":{"limits":{}}}'), 'ERR_POLICY_NAME'],
    ['nothing', undefined, 'ERR_POLICY_TYPE'],
  ])('%s in an object', (_, value: unknown, code) => {
    const refused = (): unknown => compilePolicy(value);
    expect(refused).toThrow(PolicyError);
    expect(refused).toThrow(expect.objectContaining({ problems: expect.arrayContaining([expect.objectContaining({ code })]) }));
  });

  it('every reason in the catalogue', () => {
    const seen = new Set<string>(REFUSED.map(([, , code]) => code));
    const errors = Object.keys(POLICY_ERRORS).filter((code) => code.startsWith('ERR_POLICY_'));
    expect(errors.filter((code) => !seen.has(code))).toEqual([]);
  });
});
