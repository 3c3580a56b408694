import * as z from 'zod';
import { oneOrMany } from './one-of.ts';
import { answerOrName } from './respond.ts';
import { value } from './value.ts';
import { closed, word } from './words.ts';

export const operation = closed({
  match: word(
    'Method and path, or several; `:id` stands for one segment, a last `**` for any rest, `ANY` for every method. `HEAD` counts as `GET`.',
    'operations: { file: { match: [GET /files/:id, PUT /files/:id] }, rest: { match: ANY /** } }',
    oneOrMany(z.string()).optional(),
  ),
  event: word(
    'Something else than a request with a route: `connect` (the request that asks for a web socket), `message.in` and `message.out` (a message on one; `message.out` is also an event of an answer that is `text/event-stream`), `tick` (while a connection lasts), or `app.NAME`, which the application reports. Limits on it may read `message` and `connection`.',
    `operations: { open: { event: connect }, say: { event: message.in, when: message.body.kind == "say" } }
limits: { sockets: { concurrency: 10, per: key, on: open }, said: { rate: 20/minute, per: key, on: say } }`,
    z.string().optional(),
  ),
  every: word(
    'How often a tick comes, from 1s to 24h: the first when the connection has lasted so long.',
    `operations: { minute: { event: tick, every: 60s } }
limits: { minutes: { quota: 3000/month, per: key, on: minute, past: { status: 429, close: 1008 } } }`,
    z.string().optional(),
  ),
  when: word(
    'Matches only requests for which this holds.',
    'operations: { export: { match: GET /reports/**, when: \'request.query["format"] == "csv"\' } }',
    z.string().optional(),
  ),
  each: word(
    'A batch: every element of this list is an operation of its own, all decided at once: none passes unless all do. At most 100; more is never admitted. Limits may read the element as `item`. Without `each`, a batch is one request.',
    `operations: { send: { match: POST /send }, batch: { match: POST /batch, each: request.body.items } }
limits: { sent: { rate: 100/minute, per: [key, item.to], on: batch } }`,
    z.string().optional(),
  ),
  name: word(
    'Which operation an element is, by its name. Default: another of the batch’s own.',
    `operations: { read: { match: GET /items/:id }, write: { match: PUT /items/:id }, batch: { match: POST /batch, each: request.body.items, name: item.kind } }
limits: { reads: { rate: 100/minute, per: key, on: read }, writes: { rate: 10/minute, per: key, on: write } }`,
    z.string().optional(),
  ),
  group: word(
    'One name for several operations: `operation.group`; `on` and `except` take it.',
    'operations: { list: { match: GET /files, group: files }, read: { match: GET /files/:id, group: files } }',
    z.string().optional(),
  ),
  tags: word(
    'Further names that `on` and `except` take.',
    'operations: { put: { match: PUT /files/:id, tags: [upload] } }',
    oneOrMany(z.string()).optional(),
  ),
  weight: word(
    'A number to charge by: `operation.weight`.',
    `operations: { search: { match: GET /search, weight: 5 }, rest: { match: ANY /**, weight: 1 } }
limits: { weight: { rate: 6000/minute, per: key, cost: operation.weight } }`,
    value.optional(),
  ),
  set: word(
    'Attributes of the operation, `operation.NAME`: expressions.',
    'operations: { order: { match: POST /orders, set: { pool: \'"UID"\' } } }',
    z.record(z.string(), value).optional(),
  ),
});

export const paths = closed({
  case: word(
    'Whether `/Items` is `/items` to the API: `sensitive` or `insensitive`, which counts all paths in small letters. Default: neither is taken for granted; a path that only another case would give to another operation is 404.',
    'paths: { case: insensitive }\noperations: { items: { match: GET /Items/:id } }',
    z.enum(['sensitive', 'insensitive']).optional(),
  ),
  params: word(
    '`;x` in a path. `refuse`, the default: 400, since many servers read `/v1;x/items` as `/v1/items`. `ignore`: the API does so; they are passed on, but neither matched nor counted. `keep`: they are part of the name.',
    'paths: { params: ignore }',
    z.enum(['refuse', 'ignore', 'keep']).optional(),
  ),
  trailingSlash: word(
    'Whether `/items/` is the `same` as `/items`, the default, or `distinct`.',
    'paths: { trailingSlash: distinct }\noperations: { list: { match: GET /items/ }, rest: { match: ANY /** } }',
    z.enum(['same', 'distinct']).optional(),
  ),
  encodedSlash: word(
    '`%2F` in a path. `refuse`, the default: 400, since many servers read `/v1%2Fitems` as `/v1/items`. `keep`: the API keeps them apart.',
    'paths: { encodedSlash: keep }',
    z.enum(['refuse', 'keep']).optional(),
  ),
  doubleEscape: word(
    '`%25` before two hex digits, such as `%252e`. `refuse`, the default: 400, since servers in a row may read it twice. `keep`: the API reads paths once.',
    'paths: { doubleEscape: keep }',
    z.enum(['refuse', 'keep']).optional(),
  ),
});

export type OperationInput = z.output<typeof operation>;

export const requirement = closed({
  that: word(
    'What must hold. When it cannot be told, it does not.',
    'require: { no-free: { that: \'subject.auth == "key"\', else: { status: 403 } } }',
    z.string(),
  ),
  else: word(
    'The answer when it does not hold: a name from `respond.answers`, or an answer.',
    `require: { secure: { that: 'request.method != "TRACE"', else: refused } }
respond: { answers: { refused: { status: 405 } } }`,
    answerOrName.optional(),
  ),
  drop: word(
    'Silence instead of an answer: the same as `else: { drop: true }`.',
    'require: { known: { that: \'request.method != "TRACE"\', drop: true } }',
    z.literal(true).optional(),
  ),
});

export type RequirementInput = z.output<typeof requirement>;
