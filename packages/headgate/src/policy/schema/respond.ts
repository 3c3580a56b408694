import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { closed, isMap, word } from './words.ts';

const text = z.string();
const scalar = oneOf([text, z.number(), z.boolean()], (v) =>
  typeof v === 'number' ? 1 : typeof v === 'boolean' ? 2 : 0,
);
const json = oneOf([z.record(text, z.unknown()), z.array(z.unknown())], (v) => (Array.isArray(v) ? 1 : 0));
/** Header name to value, both templates. A bare number or `true` reads as its text, a map or a list as its JSON. */
const fields = z.record(
  text,
  oneOf([scalar, json], (v) => (typeof v === 'object' && v !== null ? 1 : 0)),
);

export type FieldsInput = z.output<typeof fields>;

const body = z.unknown().refine((value) => value !== undefined);

export const answer = closed({
  status: word(
    'The HTTP status, 200 to 599. Default 429; of `unauthorized` 401, of `malformed` 400, of `not-found` 404.',
    'respond: { exceeded: { status: 503 } }',
    z.number().int().min(200).max(599).optional(),
  ),
  type: word(
    'The media type of the body. Default: JSON for maps and lists, plain text for text.',
    'respond: { exceeded: { type: application/problem+json, body: { title: Too many requests } } }',
    text.optional(),
  ),
  headers: word(
    'Header fields of the answer: templates; a map or a list is written as JSON. `Retry-After` is written in any case where a wait helps, and never earlier than the true one; `Retry-After: false` leaves it out.',
    'respond: { exceeded: { headers: { Retry-After: "{= max(retryAfter, 60) }", X-Limit: { name: "{name}", left: "{remaining}" } } } }',
    fields.optional(),
  ),
  body: word(
    'The body: a text, or anything JSON can hold, whose texts are templates. A lone placeholder keeps its type: a number stays a number. In a text, placeholders are escaped for its `type`: HTML, XML or JSON. A map with `by` or `cases` chooses among bodies, as for any figure.',
    `respond: { exceeded: { body: { error: "{name}", wait: "{retryAfter}", message: "Retry in {retryAfter} s." } },
  answers: { unidentified: { body: { by: reason, never: Too large., else: { error: "{reason}", at: "{retryAt:iso}" } } } } }`,
    body.optional(),
  ),
  codes: word(
    'The same answer in other protocols, by their names: templates of one line and up to 510 bytes, handed to the application that reported an event (`EventDecision.codes`, and `codes` of the events that it posts).',
    `operations: { send: { event: app.mail } }
limits: { sent: { rate: 100/hour, per: key, on: send, past: later } }
respond: { answers: { later: { status: 429, codes: { smtp: "450 4.7.1 Too much mail, try again in {retryAfter} s", grpc: "8" } } } }`,
    z.record(text, text).optional(),
  ),
  close: word(
    'As the answer to a message: ends its web socket with this code (1000 to 4999, RFC 6455 7.4). Without it the body is sent as a frame, and the socket stays. A stream of events ends.',
    'respond: { exceeded: { status: 429, close: 1013 } }',
    z.number().int().min(1000).max(4999).optional(),
  ),
  reason: word(
    'Why the web socket ends: a template of up to 123 bytes.',
    'respond: { exceeded: { status: 429, close: 1013, reason: "Slow down: {retryAfter} s." } }',
    text.optional(),
  ),
  advisory: word(
    'Allows an answer to tell a shorter wait than the true one; without it a `Retry-After` that is too early is raised.',
    'respond: { exceeded: { status: 429, headers: { Retry-After: "1" }, advisory: true } }',
    z.boolean().optional(),
  ),
  drop: word(
    'Silence instead of an answer: the connection is closed. Where a platform cannot do that, the answer is sent without a body.',
    'require: { known: { that: \'request.method != "TRACE"\', else: { drop: true } } }',
    z.literal(true).optional(),
  ),
});

export type AnswerInput = z.output<typeof answer>;

/** An answer by name, or written out. */
export const answerOrName = oneOf([text, answer], (value) => (isMap(value) ? 1 : 0));

const DIALECTS = ['x-ratelimit', 'draft-02', 'draft-03', 'draft-06', 'draft-07', 'ratelimit'] as const;

export const headers = closed({
  of: word(
    'Of which limits the block speaks: a name, several, `binding` (which decides) or `tightest` (which leaves least).',
    `limits: { minute: { rate: 60/minute, per: key }, day: { quota: 5000/day, per: key } }
respond: { headers: { of: [minute, day], dialect: ratelimit } }`,
    oneOrMany(text),
  ),
  on: word(
    'Written only on these operations, groups or tags.',
    `operations: { list: { match: GET /files } }
limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, on: [list], dialect: x-ratelimit } }`,
    oneOrMany(text).optional(),
  ),
  only: word(
    'Written only on requests that were `admitted`, `denied`, or `succeeded` (admitted, and answered with 2xx).',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, only: admitted, dialect: x-ratelimit } }`,
    z.enum(['admitted', 'denied', 'succeeded']).optional(),
  ),
  when: word(
    'Written only when this holds. It may also read `limit.fraction` (and `name`, `label`, `unit`, `amount`, `used`, `remaining`, `overridden`, `resetIn`) of each limit spoken of, `reported` and `reason` of a denial, and `response.status`, `.ok` and `.class`.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, when: 'limit.fraction >= 0.8 && response.status != 304', dialect: x-ratelimit } }`,
    text.optional(),
  ),
  marked: word(
    'Written only when a limit’s ladder set this mark.',
    `limits: { calls: { rate: 60/minute, per: key, past: [{ at: 80%, mark: near }, { deny: exceeded }] } }
respond: { headers: { of: calls, marked: near, fields: { X-Warning: near } } }`,
    text.optional(),
  ),
  dialect: word(
    'The names and formats: `x-ratelimit`, `ratelimit` (the current IETF fields), or `draft-02`, `-03`, `-06`, `-07` of them.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, dialect: draft-03 } }`,
    z.enum(DIALECTS).optional(),
  ),
  prefix: word(
    'What the dialect’s field names begin with, instead of its own.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, dialect: x-ratelimit, prefix: X-Rate-Limit- } }`,
    text.optional(),
  ),
  policy: word(
    'What the dialect writes as its policy, instead of its own words.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, dialect: draft-03, policy: "{limit};w=60" } }`,
    text.optional(),
  ),
  reset: word(
    'How x-ratelimit writes the reset: `epoch` (seconds; the default), `epochMs`, `delta` (seconds from now), `iso` or `http`. The IETF dialects count seconds from now.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, dialect: x-ratelimit, reset: delta } }`,
    z.enum(['epoch', 'epochMs', 'delta', 'iso', 'http']).optional(),
  ),
  used: word(
    'Whether a dialect of one field a figure also tells what is used. Default false.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, dialect: x-ratelimit, used: true } }`,
    z.boolean().optional(),
  ),
  denied: word(
    'The remaining that a denial shows, instead of the true one.',
    `limits: { calls: { rate: 4/second, per: key } }
respond: { headers: { of: calls, dialect: draft-03, denied: -1 } }`,
    z.number().int().min(-1_000_000).max(1_000_000).optional(),
  ),
  partition: word(
    'Whether `ratelimit` tells counters apart by an opaque partition key, `pk`. Default false.',
    `limits: { calls: { rate: 60/minute, per: [key, operation] } }
respond: { headers: { of: calls, dialect: ratelimit, partition: true } }`,
    z.boolean().optional(),
  ),
  fields: word(
    'Fields of your own, beside the dialect’s or instead of them: names and values are templates.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: calls, fields: { "X-Used-{window:SHORT}": "{used}" } } }`,
    fields.optional(),
  ),
  join: word(
    'What stands between the values of several limits in one field. Default `", "`.',
    `limits: { calls: { rate: [20/second, 100/minute], per: key } }
respond: { headers: { of: calls, fields: { X-Left: "{remaining}" }, join: ";" } }`,
    text.optional(),
  ),
  each: word(
    'Writes a field once for each limit, instead of joining the values.',
    `limits: { calls: { rate: [20/second, 100/minute], per: key } }
respond: { headers: { of: calls, each: true, fields: { "X-Used-{window:SHORT}": "{used}" } } }`,
    z.boolean().optional(),
  ),
});

export type HeadersInput = z.output<typeof headers>;

export const merge = closed({
  of: word(
    'Of which limit it speaks: a name, `binding` or `tightest`.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { merge: { of: calls, at: /left, body: "{remaining}" } }`,
    text,
  ),
  on: word(
    'Only on these operations, groups or tags.',
    `operations: { list: { match: GET /files } }
limits: { calls: { rate: 60/minute, per: key } }
respond: { merge: { of: calls, on: [list], at: /left, body: "{remaining}" } }`,
    oneOrMany(text).optional(),
  ),
  when: word(
    'Only when this holds; it may read what a header block may.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { merge: { of: calls, when: limit.fraction >= 0.8, at: /warning, body: "{remaining} left" } }`,
    text.optional(),
  ),
  marked: word(
    'Only when a limit’s ladder set this mark.',
    `limits: { calls: { rate: 60/minute, per: key, past: [{ at: 80%, mark: near }, { deny: exceeded }] } }
respond: { merge: { of: calls, marked: near, at: /left, body: "{remaining}" } }`,
    text.optional(),
  ),
  at: word(
    'Where: a JSON pointer (RFC 6901). Objects missing on the way are made, `-` appends to an array.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { merge: { of: calls, at: /meta/limits/-, body: { left: "{remaining}" } } }`,
    text,
  ),
  body: word(
    'What: a template, as in an answer.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { merge: { of: calls, at: /meta/limit, body: { limit: "{limit}", left: "{remaining}", until: "{resetAt:iso}" } } }`,
    body,
  ),
});

export type MergeInput = z.output<typeof merge>;

export const respond = closed({
  report: word(
    'Of which limit a denial speaks when several deny: `binding` (the longest wait), `first` (file order) or a name. Default `binding`.',
    'respond: { report: first }',
    text.optional(),
  ),
  exceeded: word(
    'The answer to a request past its limit. Default: 429, `Retry-After` and a problem document (RFC 9457).',
    'respond: { exceeded: { status: 429, headers: { Retry-After: "{retryAfter}" }, body: Too many requests. } }',
    answer.optional(),
  ),
  answers: word(
    'Further answers by name. `exceeded`, `unauthorized` (401), `unidentified` (429), `malformed` (400) and `not-found` (404) always exist, and can be written here.',
    `limits: { calls: { rate: 60/minute, per: key, past: busy } }
respond: { answers: { busy: { status: 503, body: Busy. }, unauthorized: { status: 401, body: { error: No key. } } } }`,
    z.record(text, answer).optional(),
  ),
  headers: word(
    'What responses say of limits: blocks, each written when it applies.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { headers: { of: tightest, dialect: ratelimit } }`,
    oneOrMany(headers).optional(),
  ),
  merge: word(
    'Writes the state of limits into the API’s own successful JSON bodies, up to 1 MiB; every other character of them stays as it is.',
    `limits: { calls: { rate: 60/minute, per: key } }
respond: { merge: [{ of: calls, at: /meta/limit, body: { left: "{remaining}" } }] }`,
    oneOrMany(merge).optional(),
  ),
  help: word(
    'Where callers ask for a higher limit: an `https:` or `mailto:` address. Refusals carry it as `Link: <…>; rel="help"`, and the default problem as `help`.',
    'respond: { help: "https://api.example/limits" }',
    text.optional(),
  ),
  expose: word(
    'Lists the fields in `Access-Control-Expose-Headers`, on every answer, so that scripts of other origins may read them. Default false.',
    'respond: { expose: true }',
    z.boolean().optional(),
  ),
});

export type RespondInput = z.output<typeof respond>;
