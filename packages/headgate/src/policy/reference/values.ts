/** A form of a figure, which is no word and so has no place in the schema. */
export interface Form {
  readonly name: string;
  readonly says: string;
  readonly example: string;
}

const FREE =
  'identify: { key: { header: X-API-Key, find: keys, keys: { "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": { plan: FREE } } } }';

export const FORMS: readonly Form[] = [
  {
    name: 'literal',
    says: 'A number, with a unit or without: `k` and `M` are decimal; `B kB MB GB TB` are decimal bytes, `KiB MiB GiB TiB` binary ones; `ms s m h` are time. A size is counted in bytes, a time in ms.',
    example: 'limits: { upload: { size: 2.5MiB, of: request.bytes } }',
  },
  {
    name: 'units over a duration',
    says: 'For a rate. Durations end in `ms s m h` or are `second minute hour`. A decimal is kept exact: `0.1/s` is 1 in 10 seconds.',
    example:
      'limits: { slow: { rate: 0.1/s, per: key }, traffic: { rate: 25MB/minute, per: key, cost: request.bytes } }',
  },
  {
    name: 'units over a period',
    says: 'For a quota: `day week month year ever`. Digits roll, words follow the calendar, so `100/day` on a rate is refused.',
    example: 'limits: { trial: { quota: 10000/ever, per: key } }',
  },
  {
    name: 'an expression over a span',
    says: 'CEL in brackets before the slash. The result is rounded down.',
    example: 'limits: { calls: { rate: (5000 + 50 * int(facts.seats))/1h, per: key } }',
  },
  {
    name: 'several windows',
    says: 'All hold at once. They are limits of their own, called NAME.1s and NAME.2m.',
    example: 'limits: { calls: { rate: [20/1s, 100/2m], per: key } }\nrespond: { report: calls.1s }',
  },
  {
    name: 'unlimited, none',
    says: '`unlimited`: no counter and no header. `none`: refused.',
    example: `plans: [FREE, PRO]\n${FREE}\nlimits: { calls: { quota: { FREE: none, PRO: unlimited }, per: key } }`,
  },
  {
    name: 'by plan',
    says: 'A row for every plan, or `else`.',
    example: `plans: [FREE, PRO]\n${FREE}\nlimits: { calls: { rate: { FREE: 10/m, else: 100/m }, per: key } }`,
  },
  {
    name: 'by anything',
    says: 'A table over an expression; tables nest. It needs `else`, unless the policy itself tells all values (`subject.plan`, `subject.auth`).',
    example: 'limits: { calls: { rate: { by: request.method, GET: 100/m, else: 20/m }, per: key } }',
  },
  {
    name: 'cases',
    says: 'The first that holds; the last has no `when`.',
    example:
      'limits: { calls: { rate: { cases: [{ when: request.method == "GET", use: unlimited }, { use: 60/m }] }, per: key } }',
  },
  {
    name: 'by time',
    says: '`during("NAME")` is true while a schedule is open, and `days(now, since)` counts whole days of 24 hours. Waits foresee both, and `now` compared with an instant, where the expression does not read the request; of a cost they take it to stay as it is.',
    example: `schedules: { night: { zone: Europe/Berlin, spans: 22:00-06:00 } }
limits: { calls: { rate: { cases: [{ when: during("night"), use: unlimited }, { use: '(10 + min(90, days(now, "2026-01-01")))/m' }] }, per: key } }`,
  },
  {
    name: 'by use',
    says: '`usage("NAME")`, from 0 to 1, `left("NAME")` and `limit("NAME")`: how another limit stands on this request’s own counter before it is charged, in the amount, burst, partition, condition and cost of a limit, in the steps of its ladder, and in overrides.',
    example: `limits:
  credits: { quota: 1000/month, per: key, cost: 10 }
  slow: { rate: 1/s, per: key, when: usage("credits") >= 0.8 }`,
  },
  {
    name: 'custom',
    says: 'By contract: until an override is written, what the brackets say, or nothing at all.',
    example: 'limits: { calls: { rate: custom(1000/h), per: key } }',
  },
  {
    name: 'set',
    says: 'The customer or an operator sets it, within bounds: an attribute of the subject, a number, or an amount as it is written here, without a currency: `500`, `2.5k`, `500/m`, `25GB`. What cannot be read, or is over another span, allows nothing.',
    example: `identify: { key: { header: X-API-Key, find: keys, keys: { "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": { key.cap: 50 } } } }
limits: { calls: { rate: { set: key.cap, default: 100/m, min: 1/m, max: 1000/m }, per: key } }`,
  },
  {
    name: 'ramp',
    says: 'Grows with use, falls back without: a level more at most every so often, kept by counters of its own.',
    example:
      'limits: { calls: { rate: { ramp: { from: 500/second, add: 500, every: 1m, to: 3000, while: usage >= 0.8, rest: 15m } }, per: key } }',
  },
  {
    name: 'money',
    says: 'An amount of a currency, `$20` or `5 EUR`. It is counted in whole millionths, unless a meter has another precision; costs beside it are written in the same currency.',
    example: 'limits: { spend: { quota: $20/day, per: key, cost: { reserve: 0.02, actual: response.body.cost } } }',
  },
];
