import type { Row } from './rows.ts';

const OPERATIONS = `operations:
  start: { match: POST /jobs }
  poll: { match: GET /jobs/:id }
  part: { match: PUT /jobs/:id/parts/:part }
  list: { match: GET /jobs }
`;
const KEYED = 'identify: { key: { header: X-API-Key, find: any } }\n';
const of = (body: string, more = ''): string =>
  `headgate: 1\n${KEYED}${OPERATIONS}${more}limits: { a: { per: key, ${body} } }`;
const job = (hold: string): string => of(`concurrency: 5, on: start, hold: { ${hold} }`);
const ID = 'id: response.body.id';
const METER = 'meters: { spend: { unit: USD, cost: { reserve: 0.5, actual: response.body.cost } } }\n';

/** What is wrong with what is held, told where it stands. */
export const HELD: readonly Row[] = [
  ['a job without a way to end', job(`${ID}, lease: 1h`), 'ERR_POLICY_MISSING', 'expected "until"'],
  ['a job without a lease', job(`${ID}, until: poll`), 'ERR_POLICY_MISSING', 'expected "lease"'],
  [
    'a level without a way to end',
    of(`level: 5GB, on: start, hold: { ${ID} }`),
    'ERR_POLICY_MISSING',
    'expected "until"',
  ],
  ['what counts later, of a rate', of('rate: 5/m, hold: { after: 10s }'), 'ERR_POLICY_WORD'],
  [
    'what counts later, of a cost that is settled',
    of('level: 5, cost: { reserve: any, actual: response.body.n }, hold: { after: 10s }'),
    'ERR_POLICY_WORD',
    'counts from the beginning',
  ],
  [
    'what counts later and stays',
    of(`level: 5GB, on: start, hold: { ${ID}, until: poll, after: 10s }`),
    'ERR_POLICY_WORD',
    'comes back by itself',
  ],
  [
    'what counts later than it lasts',
    job(`${ID}, lease: 1m, until: poll, after: 1m`),
    'ERR_POLICY_NEVER',
    'its lease ends after 1m',
  ],
  ['what counts at no time', job('after: soon'), 'ERR_POLICY_RANGE', 'expected a duration'],
  ['an end that finds nothing', job('lease: 1h, until: poll'), 'ERR_POLICY_MISSING', 'needs an "id"'],
  ['an end on nothing', job(`${ID}, lease: 1h, until: pol`), 'ERR_POLICY_UNKNOWN', '"pol" (did you mean "poll"?)'],
  ['an end without an id in its path', job(`${ID}, lease: 1h, until: list`), 'ERR_POLICY_MISSING', 'expected "id"'],
  ['an end with two in its path', job(`${ID}, lease: 1h, until: part`), 'ERR_POLICY_MISSING', 'expected "id"'],
  [
    'an end of its own exchange and an id',
    job(`${ID}, lease: 1h, until: [poll, response.end]`),
    'ERR_POLICY_WORD',
    'outlives',
  ],
  [
    'an end that takes a permit itself',
    of(`concurrency: 5, hold: { ${ID}, lease: 1h, until: poll }`),
    'ERR_POLICY_WORD',
    'applies to "poll" too',
  ],
  [
    'an end that takes a permit itself, under another id',
    of(`concurrency: 5, hold: { ${ID}, lease: 1h, until: { on: poll, when: response.ok, id: path.id } }`),
    'ERR_POLICY_WORD',
    'applies to "poll" too',
  ],
  [
    'a cost of a permit’s end',
    job(`${ID}, lease: 1h, until: { on: poll, cost: 1 }`),
    'ERR_POLICY_WORD',
    'belongs to a level',
  ],
  ['a lease that is no duration', job('lease: 5'), 'ERR_POLICY_TYPE', 'expected a duration such as "10m"'],
  ['a lease that is too short', job('lease: 5ms'), 'ERR_POLICY_RANGE', 'from 1s to 8760h'],
  ['a hint that is none', job('hint: soon'), 'ERR_POLICY_RANGE', 'expected a duration'],
  [
    'a hold of what is charged for good',
    of('rate: 5/m, hold: { lease: 5m }'),
    'ERR_POLICY_WORD',
    'belongs to a concurrency',
  ],
  [
    'an id of a rate',
    of(`rate: 5/m, count: response.ok, hold: { ${ID} }`),
    'ERR_POLICY_WORD',
    'belongs to a concurrency',
  ],
  ['a hold of a size', of('size: 5MB, hold: { lease: 5m }'), 'ERR_POLICY_WORD', 'belongs to limits that count'],
  [
    'a permit that is settled',
    of('concurrency: 5, cost: { reserve: 1, actual: 2 }'),
    'ERR_POLICY_WORD',
    'comes back whole',
  ],
  [
    'a reserve that reads the response',
    of('rate: 5/m, cost: { reserve: response.bytes }'),
    'ERR_POLICY_EXPRESSION',
    'known only once',
  ],
  ['a cost that reads the response', of('rate: 5/m, cost: response.bytes'), 'ERR_POLICY_EXPRESSION', 'cost.actual'],
  ['a size that reads the response', of('size: 5MB, of: response.bytes'), 'ERR_POLICY_EXPRESSION', 'known only once'],
  [
    'a field that no response has',
    of('rate: 5/m, cost: { reserve: any, actual: response.byte }'),
    'ERR_POLICY_EXPRESSION',
    'did you mean "bytes"?',
  ],
  [
    'a reserve of nothing',
    of('rate: 5/m, cost: { reserve: 0, actual: response.bytes }'),
    'ERR_POLICY_NEVER',
    'write "any"',
  ],
  [
    'attempts that are settled',
    of('rate: 5/m, count: attempts, cost: { reserve: any, actual: 1 }'),
    'ERR_POLICY_WORD',
    'charged for good',
  ],
  [
    'an outcome and a settled cost',
    of('rate: 5/m, count: response.ok, cost: { reserve: 1, actual: 2 }'),
    'ERR_POLICY_WORD',
    'keep one',
  ],
  ['an outcome of a permit', of('concurrency: 5, count: response.ok'), 'ERR_POLICY_WORD', 'a rate or a quota'],
  ['an outcome that is a number', of('rate: 5/m, count: 1 + 1'), 'ERR_POLICY_EXPRESSION', 'expected true or false'],
  [
    'a meter in a table',
    of('rate: 5/m, cost: { by: request.method, GET: 1, else: spend }', METER),
    'ERR_POLICY_EXPRESSION',
    'stands alone',
  ],
  ['a meter by a name that is another’s', of('rate: 5/m, cost: spent', METER), 'ERR_POLICY_EXPRESSION', 'spent'],
  ['a meter without a cost', of('rate: 5/m', 'meters: { spend: { unit: USD } }\n'), 'ERR_POLICY_MISSING'],
  ['two currencies', of('quota: 5 EUR/day, cost: spend', METER), 'ERR_POLICY_AMOUNT', 'is written in EUR and USD'],
  [
    'money that is finer than it is counted',
    of('quota: $0.0000001/day, cost: 1'),
    'ERR_POLICY_AMOUNT',
    'at most 6 decimals',
  ],
  ['money of nobody', of('quota: 5 Euro/day'), 'ERR_POLICY_AMOUNT'],
  ['money without a period', of('quota: $5'), 'ERR_POLICY_AMOUNT', 'units over a calendar period'],
  [
    'a set figure over no span',
    of('quota: { set: key.cap, default: unlimited }'),
    'ERR_POLICY_AMOUNT',
    '(key.cap)/day',
  ],
  [
    'a set figure that nobody sets',
    of('quota: { set: 5 + 5, default: 5/day }'),
    'ERR_POLICY_AMOUNT',
    'expected an attribute',
  ],
  ['a set figure without a default', of('quota: { set: key.cap }'), 'ERR_POLICY_MISSING'],
  ['a set cost', of('rate: 5/m, cost: { set: key.cap, default: 1 }'), 'ERR_POLICY_AMOUNT', 'the amount of a limit'],
  [
    'a fill that is none',
    of('quota: 5/day, past: [{ at: 0%, notify: o }]', 'notify: { o: { log: warn } }\n'),
    'ERR_POLICY_RANGE',
    '80%',
  ],
  ['a step that does nothing', of('quota: 5/day, past: [{ at: 80% }]'), 'ERR_POLICY_MISSING', '"deny" or "notify"'],
  [
    'two refusals',
    of('quota: 5/day, past: [{ deny: exceeded }, { deny: unauthorized }]'),
    'ERR_POLICY_SHADOWED',
    'never',
  ],
  [
    'a channel that nobody declared',
    of('quota: 5/day, past: [{ notify: o }]'),
    'ERR_POLICY_UNKNOWN',
    'there is no channel "o"',
  ],
  ['a channel that tells nobody', of('rate: 5/m', 'notify: { o: {} }\n'), 'ERR_POLICY_MISSING', 'how it is told'],
];
