import * as z from 'zod';
import { cost, count } from './cost.ts';
import { hold } from './hold.ts';
import { oneOf, oneOrMany } from './one-of.ts';
import { past } from './past.ts';
import { parts, value } from './value.ts';
import { closed, word } from './words.ts';

const text = z.string();

/** Windows of one limit: each is a counter that every request is held against. */
const MAX_WINDOWS = 16;

/** A figure, or several windows at once. */
const amounts = oneOf([value, z.array(text).min(1).max(MAX_WINDOWS)], (given) => (Array.isArray(given) ? 1 : 0));

const day = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);

export const calendar = closed({
  zone: word(
    'The time zone days begin in: an IANA name, or an expression for one. Default UTC.',
    'limits: { calls: { quota: 100/day, per: key, calendar: { zone: Europe/Berlin } } }',
    text.optional(),
  ),
  anchor: word(
    'The day of the month on which months begin, 1 to 31, or an expression for it; in a short month, its last day. Default 1.',
    'limits: { calls: { quota: 100/month, per: key, calendar: { anchor: 31 } } }',
    oneOf([text, z.number().int().min(1).max(31)], (given) => (typeof given === 'number' ? 1 : 0)).optional(),
  ),
  week: word(
    'The day on which weeks begin. Default monday.',
    'limits: { calls: { quota: 100/week, per: key, calendar: { week: sunday } } }',
    day.optional(),
  ),
});

export type CalendarInput = z.output<typeof calendar>;

/** Periods that may leave something at once. */
const MAX_CARRIED = 12;

const rollover = closed({
  upTo: word(
    'How much of what one period leaves is carried, at most.',
    'limits: { calls: { quota: 100/month, per: key, rollover: { upTo: 50, for: 3 } } }',
    value,
  ),
  for: word(
    'For how many periods it counts, 1 to 12. Default 1: the next.',
    'limits: { calls: { quota: 100/month, per: key, rollover: { upTo: 50, for: 3 } } }',
    z.number().int().min(1).max(MAX_CARRIED).optional(),
  ),
});

const distinct = closed({
  of: word(
    'What is compared.',
    'limits: { studies: { rate: 60/hour, per: key, distinct: { of: request.path, for: 24h } } }',
    text,
  ),
  for: word(
    'For how long a value is free after it has cost: from 1 s to 744h.',
    'limits: { studies: { rate: 60/hour, per: key, distinct: { of: request.path, for: 24h } } }',
    text.optional(),
  ),
});

export const limit = closed({
  rate: word(
    'Units over a duration: `100/minute`, `50/10s`, `0.1/s`. Several windows hold all at once and are called NAME.1s, NAME.2m.',
    'limits: { calls: { rate: [20/1s, 100/2m], per: key } }',
    amounts.optional(),
  ),
  quota: word(
    'Units over a calendar period: `day`, `week`, `month`, `year`, or `ever`; over each opening of a schedule (`100/NAME`; while it is closed, the limit does not apply); of money too: `$20/day`, `5 EUR/month`. Several periods hold all at once and are called NAME.day, NAME.month.',
    'limits: { spending: { quota: [$5/day, $50/month], per: key, cost: { reserve: 0.02, actual: response.body.cost } } }',
    amounts.optional(),
  ),
  size: word(
    'A bound on one request; it keeps no counter.',
    'limits: { upload: { size: 25MB, of: request.bytes } }',
    value.optional(),
  ),
  concurrency: word(
    'How many may run at once: requests until their exchange is over, or, with `hold`, jobs that outlive it.',
    'limits: { uploads: { concurrency: 10, per: key } }',
    value.optional(),
  ),
  level: word(
    'An amount held with no time in it: stored bytes, seats. It goes up with what a success put there, and down when that is taken away.',
    `operations: { put: { match: POST /files }, delete: { match: DELETE /files/:id } }
limits: { storage: { level: 1GB, per: key, on: put, cost: request.bytes, hold: { id: response.body.id, until: [delete] } } }`,
    value.optional(),
  ),
  algorithm: word(
    'How a rate counts. `sliding` (default): never more in any window. `fixed`: the window resets. `bucket`: refills evenly, holds `burst`. `gap`: the window ends when nothing was charged for so long. `decay`: half of what counts is gone each window; counted in 65,536ths of a unit, at most one of which a charge counts too much.',
    'limits: { logins: { rate: 5/15m, algorithm: gap, per: address }, searches: { rate: 100/1h, algorithm: decay, per: address } }',
    z.enum(['sliding', 'fixed', 'bucket', 'gap', 'decay']).optional(),
  ),
  burst: word(
    'What a bucket holds when full. Default: the amount.',
    'limits: { calls: { rate: 100/minute, algorithm: bucket, burst: 20, per: key } }',
    value.optional(),
  ),
  align: word(
    'Where a fixed window begins: with the caller’s `first` request (default), on the `clock` (UTC), or `spread` (at a phase of the caller’s own).',
    'limits: { calls: { rate: 6000/1m, algorithm: fixed, align: clock, per: address } }',
    z.enum(['first', 'clock', 'spread']).optional(),
  ),
  slices: word(
    'In how many slices a sliding window is counted, 2 to 64: more are finer and cost more memory. Default 16.',
    'limits: { calls: { rate: 100/minute, slices: 32, per: key } }',
    z.number().int().min(2).max(64).optional(),
  ),
  calendar: word(
    'The quota’s own zone, anchor and week, instead of the policy’s.',
    'limits: { calls: { quota: 100/day, per: key, calendar: { zone: America/New_York } } }',
    calendar.optional(),
  ),
  rollover: word(
    'Carries what a day, week, month or year leaves into the next ones. It is spent after the period’s own, what ends soonest first, and before what was bought. A period in which nothing was asked leaves nothing.',
    'limits: { calls: { quota: 100/month, per: key, rollover: { upTo: 50, for: 1 } } }',
    rollover.optional(),
  ),
  grants: word(
    'Whether units may be bought or given on top of the quota, with or without an end, at most 16 times at once. They are spent after the period’s own, what ends soonest first; what is left stays when the period ends.',
    'limits: { calls: { quota: 100/month, per: key, grants: true } }',
    z.boolean().optional(),
  ),
  of: word(
    'What a size measures: an expression, or what passes: `request.bytes` (the default), `request.files`, or `file.bytes`, each file by itself.',
    'limits: { upload: { size: 10MiB, of: request.bytes } }',
    text.optional(),
  ),
  hold: word(
    'How what is held comes back: permits, levels, and costs that are settled later.',
    `operations: { start: { match: POST /jobs }, poll: { match: GET /jobs/:id } }
limits: { running: { concurrency: 5, per: key, on: start, hold: { id: response.body.id, until: [{ on: poll, when: response.body.done == true }], lease: 1h } } }`,
    hold.optional(),
  ),
  per: word(
    'Whose counter: an attribute, `operation`, `operation.group`, `global`, an expression, or several. Default: the first source’s attribute, else `address`. `each(list)`: every value of the list is a partition of its own, and all of them are charged; at most 100. `each(list, expr)`: every element of the list, read as `item`, is charged to the partition that `expr` names, at a cost that may read `item`; those that meet in one are summed.',
    `operations: { list: { match: GET /files, group: files } }
limits: { calls: { rate: 100/minute, per: [key, operation.group] }, total: { rate: 5000/second, per: global } }`,
    parts.optional(),
  ),
  scope: word(
    'For whom a counter is one: for all that share the store (`shared`, the default), or for each `region` or `node` of its own. Where the program says neither (`headgate serve --region`, `--node`), all are one. A block holds for all.',
    'limits: { calls: { rate: 100/minute, per: key, scope: node } }',
    z.enum(['shared', 'region', 'node']).optional(),
  ),
  on: word(
    'Applies to these operations, groups or tags only.',
    `operations: { chat: { match: POST /chat } }
limits: { chats: { quota: 10/month, per: key, on: [chat] } }`,
    oneOrMany(text).optional(),
  ),
  except: word(
    'Applies to every operation but these.',
    `operations: { status: { match: GET /status }, rest: { match: ANY /** } }
limits: { calls: { rate: 60/minute, per: key, except: status } }`,
    oneOrMany(text).optional(),
  ),
  when: word(
    'Applies only when this holds. When it cannot be told, it applies.',
    'limits: { writes: { rate: 10/minute, per: key, when: request.method != "GET" } }',
    text.optional(),
  ),
  replaces: word(
    'Where this limit applies, those do not.',
    `limits:
  calls:    { rate: 60/minute, per: key }
  writes:   { rate: 10/minute, per: key, when: request.method == "POST", replaces: calls }`,
    oneOrMany(text).optional(),
  ),
  cost: word(
    'Units one request spends: a whole number, an expression, a table, the name of a meter, or what is reserved and settled later. Default 1; 0 passes even when nothing is left.',
    'limits: { points: { rate: 900/minute, per: key, cost: { by: request.method, GET: 1, else: 5 } } }',
    cost.optional(),
  ),
  count: word(
    'What is charged: requests that were let in (`admitted`, default), every request the limit applies to (`attempts`), or those of which an expression over the response holds: one is held until that is known, then kept or returned.',
    `operations: { login: { match: POST /login } }
limits: { failures: { rate: 5/15m, per: address, on: login, count: response.status == 401 } }`,
    count.optional(),
  ),
  distinct: word(
    'Of a rate or a quota: only the first of equal values costs, until the window or period is over that it began; `{ of, for }` says for how long otherwise. A value that cannot be told costs each time.',
    'limits: { studies: { rate: 60/hour, per: key, distinct: request.path } }',
    oneOf([text, distinct], (given) => (typeof given === 'string' ? 0 : 1)).optional(),
  ),
  past: word(
    'What happens past the limit, and on the way there: an answer by name, or written out, or the steps of a ladder. Default `exceeded`: deny with that answer at 100 %.',
    'limits: { upload: { size: 1MB, past: { status: 413, body: Too large. } } }',
    past.optional(),
  ),
  fail: word(
    'When the store does not answer: let pass (`open`), refuse (`closed`), or count on this node (`local`). Default: rate and concurrency `local`; quota, level and money `closed`.',
    'limits: { calls: { rate: 60/minute, per: key, fail: open } }',
    z.enum(['open', 'closed', 'local']).optional(),
  ),
  durable: word(
    'A rate: that what it counts outlasts the process, in a store that lasts. Quotas, levels and what is held always do. Default false: a restart admits at most one more of it.',
    'limits: { trials: { rate: 3/24h, per: address, durable: true } }',
    z.boolean().optional(),
  ),
  onChange: word(
    'What becomes of use when the figure changes within a window: it is kept (`keep`, the default), or every figure has a use of its own (`reset`): another begins at nothing, and one that comes back finds what its window still holds, so that no toggling gains an allowance; or it keeps its part of the whole (`scale`): after 70 of 100, a change to 50 leaves 15. Scaled use is rounded up, and what was charged or reserved before a change does not come back.',
    'limits: { calls: { rate: 60/minute, per: key, onChange: reset } }',
    z.enum(['keep', 'reset', 'scale']).optional(),
  ),
  was: word(
    'Earlier names, the oldest first: what was counted under them goes on. `headgate check --against` tells whether it does.',
    'limits: { calls: { rate: 60/minute, per: key, was: [hits, requests] } }',
    oneOrMany(text).optional(),
  ),
  label: word(
    'What the page and messages call it. Default: its name.',
    'limits: { calls: { rate: 60/minute, per: key, label: API requests/minute } }',
    text.optional(),
  ),
  unit: word(
    'What one unit is called. Default: requests; bytes for sizes and amounts in bytes.',
    'limits: { points: { rate: 60/minute, per: key, unit: points } }',
    text.optional(),
  ),
  publish: word(
    'How it is told: `stated` (default), `approximate` or `at-least` on the page and to callers who read their own state; `words(fair use)` there instead of figures, and `hidden` not at all, both in no header. It holds all the same, and binds `Retry-After`.',
    'limits: { calls: { rate: 60/minute, per: key, publish: at-least }, guard: { rate: 20/second, per: address, publish: hidden } }',
    value.optional(),
  ),
});

export type LimitInput = z.output<typeof limit>;
