import * as z from 'zod';
import { oneOrMany } from './one-of.ts';
import { answerOrName } from './respond.ts';
import { value } from './value.ts';
import { closed, planned, word } from './words.ts';

export const operation = closed({
  match: word(
    'Method and path, or several; `:id` stands for one segment, a last `**` for any rest, `ANY` for every method.',
    'operations: { file: { match: [GET /files/:id, PUT /files/:id] }, rest: { match: ANY /** } }',
    oneOrMany(z.string()).optional(),
  ),
  event: planned(
    'A socket message, a tick or an event of the application, instead of a request.',
    'operations: { open: { event: connect } }',
  ),
  every: planned('How often a tick comes.', 'operations: { beat: { event: tick, every: 60s } }'),
  when: word(
    'Matches only requests for which this holds.',
    'operations: { export: { match: GET /reports/**, when: \'request.query["format"] == "csv"\' } }',
    z.string().optional(),
  ),
  each: planned(
    'A batch: every element is an operation of its own, all decided at once.',
    'operations: { batch: { match: POST /batch, each: request.body.items } }',
  ),
  name: planned(
    'What an element of a batch is called.',
    'operations: { batch: { match: POST /batch, each: request.body.items, name: item.kind } }',
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
    answerOrName,
  ),
  drop: planned(
    'Silence instead of an answer.',
    'require: { known: { that: \'request.method != "TRACE"\', drop: true } }',
  ),
});
