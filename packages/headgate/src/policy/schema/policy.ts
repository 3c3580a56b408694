import * as z from 'zod';
import { address, identify, literal, plans } from './identify.ts';
import { calendar, limit } from './limits.ts';
import { channel, meter } from './meters.ts';
import { endpoint } from './endpoints.ts';
import { oneOrMany } from './one-of.ts';
import { operation, paths, requirement } from './operations.ts';
import { respond } from './respond.ts';
import { schedule } from './schedules.ts';
import { value } from './value.ts';
import { closed, word } from './words.ts';

const text = z.string();

export const override = closed({
  for: word(
    'Whom it is for: every attribute must be as it says.',
    `limits: { calls: { rate: 60/minute, per: key } }
overrides: [{ for: { key: partner-7 }, limits: { calls: 600/minute }, from: 2026-01-01T00:00:00Z, reason: Contract 17, by: ops }]`,
    z.record(text, literal),
  ),
  limits: word(
    'The figures it gives instead: values, as on the limit itself.',
    `limits: { calls: { rate: 60/minute, per: key } }
overrides: [{ for: { key: partner-7 }, limits: { calls: unlimited }, from: 2026-01-01, reason: Migration, by: ops }]`,
    z.record(text, value).optional(),
  ),
  plan: word(
    'The plan it gives instead.',
    `plans: [FREE, PRO]
identify: { key: { header: X-API-Key, find: keys, keys: { "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": { plan: FREE } } } }
overrides: [{ for: { plan: FREE }, plan: PRO, from: 2026-06-01, until: 2026-06-08, reason: Open week, by: product }]`,
    text.optional(),
  ),
  lift: word(
    'Limits that do not apply, and whose blocks do not hold.',
    `limits: { calls: { rate: 60/minute, per: key } }
overrides: [{ for: { key: partner-7 }, lift: calls, from: 2026-01-01, until: 2026-02-01, reason: Migration, by: ops }]`,
    oneOrMany(text).optional(),
  ),
  from: word(
    'The first instant at which it holds: RFC 3339, or a date, which means midnight UTC.',
    `limits: { calls: { rate: 60/minute, per: key } }
overrides: [{ for: { key: partner-7 }, limits: { calls: 90/minute }, from: "2026-03-01T09:00:00+01:00", reason: Launch, by: ops }]`,
    text,
  ),
  until: word(
    'The first instant at which it no longer holds. Default: it stays.',
    `limits: { calls: { rate: 60/minute, per: key } }
overrides: [{ for: { key: partner-7 }, limits: { calls: 90/minute }, from: 2026-03-01, until: 2026-04-01, reason: Launch, by: ops }]`,
    text.optional(),
  ),
  reason: word(
    'Why: somebody will ask next year.',
    `limits: { calls: { rate: 60/minute, per: key } }
overrides: [{ for: { key: partner-7 }, limits: { calls: 90/minute }, from: 2026-03-01, reason: Ticket 4711, by: ops }]`,
    text,
  ),
  by: word(
    'Who decided it.',
    `limits: { calls: { rate: 60/minute, per: key } }
overrides: [{ for: { key: partner-7 }, limits: { calls: 90/minute }, from: 2026-03-01, reason: Ticket 4711, by: dana }]`,
    text,
  ),
});

export type OverrideInput = z.output<typeof override>;

/** The whole language. Everything that is known of it is derived from here: checks, types, editor help, reference. */
export const policy = closed({
  headgate: word('The version of this grammar; required.', 'name: The smallest policy', z.literal(1)),
  name: word('What the API is called.', 'name: Vetigen API', text.optional()),
  calendar: word(
    'Zone, anchor and week of every quota that does not say its own.',
    'calendar: { zone: Asia/Tokyo, anchor: 15, week: sunday }',
    calendar.optional(),
  ),
  identify: word(
    'Who asks: sources in order. The first that is present decides; present but wrong is 401, never the next one. `anonymous: true`, last, lets the others in by address. Without `identify`, every caller is known by address alone.',
    'identify: { key: { header: X-API-Key, bearer: true, find: any }, anonymous: true }',
    identify.optional(),
  ),
  unidentified: word(
    'How many requests an address may send that nobody could identify: malformed ones, those without a valid credential, those for no operation, and CORS preflights. Asked before anything else. Default 600/minute. A value that depends on something reads `request.method`, `request.headers`, `subject.address`, `now` and schedules: more is not known yet.',
    'unidentified: { by: request.method, GET: 60/minute, else: 6/minute }',
    value.optional(),
  ),
  address: word(
    'How a caller’s address is found.',
    'address: { trust: [10.0.0.0/8], header: X-Forwarded-For }',
    address.optional(),
  ),
  derive: word(
    'Attributes of the subject that are computed once.',
    `derive: { tier: 'subject.auth == "key" ? "paid" : "free"' }
limits: { calls: { rate: { by: subject.tier, paid: 100/minute, else: 10/minute }, per: key } }`,
    z.record(text, text).optional(),
  ),
  plans: word(
    'The plans, from least to most; as a map, with attributes `plan.NAME`.',
    `plans: { FREE: { factor: 1 }, PRO: { factor: 10 } }
identify: { key: { header: X-API-Key, find: keys, keys: { "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": { plan: FREE } } } }
limits: { calls: { rate: (60 * plan.factor)/minute, per: key } }`,
    plans.optional(),
  ),
  paths: word(
    'How the API reads paths: what it takes for one path must be counted as one.',
    'paths: { case: insensitive, params: ignore }',
    paths.optional(),
  ),
  operations: word(
    'What they ask: routes by name, the first match wins. Without it, every method and path is an operation of its own.',
    'operations: { search: { match: GET /search }, rest: { match: ANY /** } }',
    z.record(text, operation).optional(),
  ),
  meters: word(
    'How much a request uses of what, named once: `cost: NAME` on any number of limits.',
    `meters: { spend: { unit: USD, precision: 6, cost: { reserve: 0.02, actual: response.body.cost } } }
limits: { day: { quota: $5/day, per: key, cost: spend }, month: { quota: $50/month, per: key, cost: spend } }`,
    z.record(text, meter).optional(),
  ),
  tables: word(
    'Tables that expressions look things up in: `lookup("NAME", [first, second, …], default)` is the row of the first key that has one. `{ file: path.csv }` reads one from a file of two columns beside the policy, key and value, up to 10,000 rows.',
    `tables: { price: { small: 1, large: 20 } }
limits: { points: { rate: 100/minute, per: key, cost: 'lookup("price", [request.query["size"]], 20)' } }`,
    z.record(text, z.record(text, literal)).optional(),
  ),
  schedules: word(
    'When things are open, by name: `during("NAME")` in any value or condition, and a period that a quota counts over, `100/NAME`. Waits foresee when one opens or closes.',
    `schedules: { peak: { zone: America/New_York, spans: "Mon-Fri 09:30-16:00" } }
limits: { calls: { quota: 100/peak, per: key } }`,
    z.record(text, schedule).optional(),
  ),
  require: word(
    'What must hold before any counter is touched.',
    'require: { keyed: { that: \'subject.auth == "key"\', else: { status: 403, body: Use a key. } } }',
    z.record(text, requirement).optional(),
  ),
  limits: word(
    'The limits, by name.',
    'limits: { calls: { rate: 100/minute, per: key } }',
    z.record(text, limit).optional(),
  ),
  overrides: word(
    'Dated, reasoned exceptions for one subject.',
    `limits: { calls: { rate: 60/minute, per: key } }
overrides: [{ for: { key: partner-7 }, limits: { calls: 600/minute }, from: 2026-01-01, until: 2027-01-01, reason: SLA 2026, by: sales }]`,
    z.array(override).optional(),
  ),
  respond: word(
    'What callers are told.',
    'respond: { exceeded: { status: 429, headers: { Retry-After: "{retryAfter}" } } }',
    respond.optional(),
  ),
  notify: word(
    'Channels that the steps of a limit tell, by name: each by the log, a web hook or mail.',
    `limits: { calls: { quota: 100/day, per: key, past: [{ at: 80%, notify: owner }, { deny: exceeded }] } }
notify: { owner: { log: warn } }`,
    z.record(text, channel).optional(),
  ),
  endpoints: word(
    'Where callers read their own state, by name. It costs nothing, and is asked before operations are.',
    'limits: { calls: { rate: 60/minute, per: key } }\nendpoints: { own: { match: GET /rate_limit } }',
    z.record(text, endpoint).optional(),
  ),
  notes: word(
    'Rows of the page that the API itself enforces: published beside the limits, by plan where they differ. `headgate limits` prints them.',
    `plans: [FREE, PRO]
identify: { key: { header: X-API-Key, find: keys, keys: { "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": { plan: FREE } } } }
notes: { Data retention: { FREE: 30 days, PRO: 1 year } }`,
    z.record(text, value).optional(),
  ),
});

/** A policy of the right shape, before its words were judged together. */
export type PolicyInput = z.output<typeof policy>;
