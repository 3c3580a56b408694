import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { answer } from './respond.ts';
import { parts, value } from './value.ts';
import { closed, isMap, planned, plannedBranch, word } from './words.ts';

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

const PLANNED_STEPS = ['at', 'when', 'block', 'delay', 'drop', 'close', 'admit', 'bill', 'mark', 'notify', 'shadow'];

const ladder = plannedBranch(
  'A ladder of steps: warn, slow, degrade, bill, refuse, block.',
  'limits: { calls: { rate: 60/minute, per: key, past: [{ at: 80%, notify: [owner] }, { deny: exceeded }] } }',
);

/** An answer, by name or written out; everything else a ladder may hold is not built yet. */
const past = oneOf([text, answer, ladder], (given) => {
  if (!isMap(given)) return Array.isArray(given) ? 2 : 0;
  return ['deny', ...PLANNED_STEPS].some((name) => Object.hasOwn(given, name)) ? 2 : 1;
});

const choiceOf = <const C extends readonly [string, ...string[]]>(
  built: C,
  example: string,
  says: string,
): z.ZodUnion<readonly [z.ZodEnum<{ [K in C[number]]: K }>, z.ZodType<never>]> =>
  oneOf([z.enum(built), plannedBranch(says, example)], (given) => (isMap(given) || isExpression(given) ? 1 : 0));

/** A text that is no single word. */
function isExpression(given: unknown): boolean {
  return typeof given === 'string' && /[^A-Za-z]/.test(given.trim());
}

export const limit = closed({
  rate: word(
    'Units over a duration: `100/minute`, `50/10s`, `0.1/s`. Several windows hold all at once and are called NAME.1s, NAME.2m.',
    'limits: { calls: { rate: [20/1s, 100/2m], per: key } }',
    amounts.optional(),
  ),
  quota: word(
    'Units over a calendar period: `day`, `week`, `month`, `year`, or `ever`.',
    'limits: { descriptions: { quota: 300/month, per: key } }',
    value.optional(),
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
  level: planned(
    'An amount held with no time in it: stored bytes, seats.',
    'limits: { storage: { level: 1GB, per: key } }',
  ),
  algorithm: word(
    'How a rate counts. `sliding` (default): never more in any window. `fixed`: the window resets. `bucket`: refills evenly, holds `burst`. (`gap` and `decay` are not built yet.)',
    'limits: { calls: { rate: 100/minute, algorithm: fixed, per: key } }',
    oneOf(
      [
        z.enum(['sliding', 'fixed', 'bucket']),
        plannedBranch(
          'A window that ends after that long without a charge (`gap`), or use that halves each window (`decay`).',
          'limits: { calls: { rate: 100/minute, algorithm: gap, per: key } }',
        ),
      ],
      (given) => (given === 'gap' || given === 'decay' ? 1 : 0),
    ).optional(),
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
  rollover: planned(
    'Carries what is left into the next period.',
    'limits: { calls: { quota: 100/month, per: key, rollover: { upTo: 50, for: 1 } } }',
  ),
  grants: planned(
    'Units bought on top of the quota.',
    'limits: { calls: { quota: 100/month, per: key, grants: true } }',
  ),
  of: word(
    'What a size measures. Default `request.bytes`, the declared length of the body.',
    'limits: { upload: { size: 10MiB, of: request.bytes } }',
    text.optional(),
  ),
  hold: planned(
    'What is held, and when it comes back.',
    'limits: { storage: { quota: 1000/month, per: key, hold: { id: response.body.id } } }',
  ),
  per: word(
    'Whose counter: an attribute, `operation`, `operation.group`, `global`, an expression, or several. Default: the first source’s attribute, else `address`. (`each(…)` is not built yet.)',
    `operations: { list: { match: GET /files, group: files } }
limits: { calls: { rate: 100/minute, per: [key, operation.group] }, total: { rate: 5000/second, per: global } }`,
    parts.optional(),
  ),
  scope: planned(
    'Where the counter lives: shared, a region, a node.',
    'limits: { calls: { rate: 100/minute, per: key, scope: node } }',
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
    'Units one request spends: a whole number, an expression, a table. Default 1; 0 passes even when nothing is left. (Meters and `reserve` are not built yet.)',
    'limits: { points: { rate: 900/minute, per: key, cost: { by: request.method, GET: 1, else: 5 } } }',
    oneOf(
      [
        value,
        plannedBranch(
          'A cost that is reserved with the decision and settled once it is known.',
          'limits: { tokens: { rate: 900/minute, per: key, cost: { reserve: any, actual: response.bytes } } }',
        ),
      ],
      (given) => (isMap(given) && ['reserve', 'actual', 'lost'].some((name) => Object.hasOwn(given, name)) ? 1 : 0),
    ).optional(),
  ),
  count: word(
    'What is charged: requests that were let in (`admitted`, default), or every request the limit applies to (`attempts`).',
    'limits: { logins: { rate: 5/minute, per: address, count: attempts } }',
    choiceOf(
      ['admitted', 'attempts'],
      'limits: { stubborn: { rate: 5/minute, per: key, count: { denials: [calls] } } }',
      'Counts the denials of other limits, or what an expression says of the response.',
    ).optional(),
  ),
  distinct: planned(
    'Only the first of equal values costs.',
    'limits: { calls: { rate: 60/minute, per: key, distinct: request.path } }',
  ),
  past: word(
    'What happens past the limit: an answer by name, or written out. Default `exceeded`. (Ladders are not built yet.)',
    'limits: { upload: { size: 1MB, past: { status: 413, body: Too large. } } }',
    past.optional(),
  ),
  fail: word(
    'When the store does not answer: let pass (`open`), refuse (`closed`), or count on this node (`local`). Default: rate `local`, quota `closed`.',
    'limits: { calls: { rate: 60/minute, per: key, fail: open } }',
    z.enum(['open', 'closed', 'local']).optional(),
  ),
  onChange: planned(
    'What becomes of use when the figure changes within a window, other than being kept.',
    'limits: { calls: { rate: 60/minute, per: key, onChange: reset } }',
  ),
  was: planned(
    'Earlier names, whose counters it takes over.',
    'limits: { calls: { rate: 60/minute, per: key, was: [requests] } }',
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
  publish: planned(
    'How the page tells it, other than as it is.',
    'limits: { calls: { rate: 60/minute, per: key, publish: hidden } }',
  ),
});

export type LimitInput = z.output<typeof limit>;
