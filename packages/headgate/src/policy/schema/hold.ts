import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { value } from './value.ts';
import { closed, isMap, word } from './words.ts';

const text = z.string();

export const end = closed({
  on: word(
    'The operation, group or tag whose response ends it; or an event of the application, `app.NAME`.',
    `operations: { start: { match: POST /jobs }, poll: { match: GET /jobs/:id } }
limits: { running: { concurrency: 5, per: key, on: start, hold: { id: response.body.id, until: [{ on: poll, when: response.body.done == true }], lease: 1h } } }`,
    text,
  ),
  when: word(
    'What must hold of that response. Default: it is a success.',
    `operations: { start: { match: POST /jobs }, poll: { match: GET /jobs/:id } }
limits: { running: { concurrency: 5, per: key, on: start, hold: { id: response.body.id, until: [{ on: poll, when: 'response.body.status in ["succeeded", "failed"]' }], lease: 1h } } }`,
    text.optional(),
  ),
  id: word(
    'The id of what it ends, or a list. Default: the one variable of the operation’s path. With `when`, and the same `id` as the hold’s own, the operation that begins it may end it, too: its answer may tell that all is over.',
    `operations: { start: { match: POST /jobs }, hook: { match: POST /hooks } }
limits: { running: { concurrency: 5, per: key, on: start, hold: { id: response.body.id, until: [{ on: hook, id: 'request.query["job"]' }], lease: 1h } } }`,
    text.optional(),
  ),
  cost: word(
    'Level: what stays counted, from then on for good. Default: nothing.',
    `operations: { begin: { match: POST /uploads }, done: { match: POST /uploads/:id/complete } }
limits: { storage: { level: 5GB, per: key, on: begin, cost: 'int(request.query["bytes"])', hold: { id: response.body.id, until: [{ on: done, cost: response.body.bytes }], lease: 1h } } }`,
    value.optional(),
  ),
});

export type EndInput = string | z.output<typeof end>;

export const hold = closed({
  id: word(
    'The name under which it is held beyond its exchange, as the response tells it; a list of up to 1,000 names: each of them ends by itself.',
    `operations: { start: { match: POST /jobs }, cancel: { match: DELETE /jobs/:id } }
limits: { running: { concurrency: 5, per: key, on: start, hold: { id: response.body.id, until: cancel, lease: 1h } } }`,
    text.optional(),
  ),
  until: word(
    'What ends it: `response.end` (default, for what has no id), operations, responses of operations that say so, `connection.closed` (of what is held on a web socket), or an event of the application, `app.NAME`, whose `facts.id` names it.',
    `operations: { put: { match: POST /files }, delete: { match: DELETE /files/:id } }
limits: { storage: { level: 1GB, per: key, on: put, cost: request.bytes, hold: { id: response.body.id, until: [delete] } } }`,
    oneOrMany(oneOf([text, end], (given) => (isMap(given) ? 1 : 0))).optional(),
  ),
  lease: word(
    'After how long it comes back, or is lost, when nobody ends it; from 1s to 8760h. An exchange that lasts renews it. Default 10m; a job has none.',
    'limits: { uploads: { concurrency: 10, per: key, hold: { lease: 2m } } }',
    value.optional(),
  ),
  hint: word(
    'Concurrency and level: the wait that a refusal suggests, since nobody knows the true one. Default: 1s for what ends with its exchange, else until the first lease ends.',
    'limits: { uploads: { concurrency: 10, per: key, hold: { hint: 5s } } }',
    text.optional(),
  ),
  after: word(
    'Concurrency, and a level that comes back: counts only once it has lasted so long, from 1s to 8760h; until then it holds nothing, and needs no more than room for one.',
    'limits: { slow: { concurrency: 25, per: key, hold: { after: 20s } } }',
    text.optional(),
  ),
});

export type HoldInput = z.output<typeof hold>;
