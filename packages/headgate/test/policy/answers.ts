import { HEAD, limit, answer, block, override, ASIDE, type Row } from './rows.ts';

export const ANSWERS: readonly Row[] = [
  // Overrides
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
  ['a placeholder of a ladder', answer('body: "{reason}"'), 'ERR_POLICY_NOT_BUILT'],
  ['a body by something', answer('body: { by: request.method, GET: a }'), 'ERR_POLICY_NOT_BUILT'],
];
