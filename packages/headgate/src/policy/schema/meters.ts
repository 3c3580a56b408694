import * as z from 'zod';
import { cost } from './cost.ts';
import { secret } from './find.ts';
import { oneOf } from './one-of.ts';
import { value } from './value.ts';
import { closed, isMap, word } from './words.ts';

export const meter = closed({
  unit: word(
    'What one unit is called; three capitals are a currency.',
    `meters: { tokens: { unit: tokens, cost: { reserve: 500, actual: response.body.tokens } } }
limits: { tokens: { rate: 40k/minute, per: key, cost: tokens } }`,
    z.string().optional(),
  ),
  precision: word(
    'Decimals it is counted with, 0 to 6. Default: 6 of a currency, else none.',
    `meters: { seconds: { unit: seconds, precision: 3, cost: { reserve: any, actual: 'response.headers["x-seconds"]' } } }
limits: { compute: { quota: 90/day, per: key, cost: seconds } }`,
    z.number().int().min(0).max(6).optional(),
  ),
  cost: word(
    'What a request uses: as on a limit.',
    `meters: { points: { unit: points, cost: { by: request.method, GET: 1, else: 5 } } }
limits: { points: { rate: 900/minute, per: key, cost: points } }`,
    cost,
  ),
});

export type MeterInput = z.output<typeof meter>;

/** Where something is sent: a text, a variable that holds it, or a value. */
const receiver = oneOf([value, closed({ env: z.string() })], (given) =>
  isMap(given) && Object.hasOwn(given, 'env') ? 1 : 0,
);

export const channel = closed({
  log: word(
    'Writes it to the log, as `info`, `warn` or `error`.',
    `limits: { calls: { quota: 100/day, per: key, past: [{ at: 80%, notify: owner }, { deny: exceeded }] } }
notify: { owner: { log: info } }`,
    z.enum(['info', 'warn', 'error']).optional(),
  ),
  webhook: word(
    'Posts it to a URL, as JSON: `type` (`limit.reached` or `limit.overage`), `timestamp` and `data`. A receiver that does not answer 2xx within 10 s is tried again, after 1 s at first and 10 min at last, for a day; at most 1000 messages wait for it. Redirects are not followed. The URL, `{ env: NAME }` for a variable that holds it, or a value: a table of URLs, or an attribute of whom it is about, which must be `https:` and outside of this network.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ at: 80%, notify: owner }, { deny: exceeded }] } }\nnotify: { owner: { webhook: "https://ops.example/limits", secret: { env: HOOK } } }',
    receiver.optional(),
  ),
  secret: word(
    'Signs what is posted, by HMAC-SHA256 as Standard Webhooks does: `webhook-id`, `webhook-timestamp` and `webhook-signature`. `whsec_` and base64, or any text; the variable of the environment that holds it.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ at: 80%, notify: owner }, { deny: exceeded }] } }\nnotify: { owner: { webhook: "https://ops.example/limits", secret: { env: HOOK } } }',
    secret.optional(),
  ),
  email: word(
    'Sends it as mail, by `headgate serve --smtp` or the `mail` of a gate: a mailbox, `{ env: NAME }`, or a value, such as an attribute of whom it is about. It waits and is sent again as for a web hook.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ at: 80%, notify: owner }, { deny: exceeded }] } }\nnotify: { owner: { email: ops@api.example } }',
    receiver.optional(),
  ),
});

export type ChannelInput = z.output<typeof channel>;
export type ReceiverInput = z.output<typeof receiver>;
