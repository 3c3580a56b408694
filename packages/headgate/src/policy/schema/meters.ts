import * as z from 'zod';
import { cost } from './cost.ts';
import { closed, planned, word } from './words.ts';

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

export const channel = closed({
  log: word(
    'Writes it to the log, as `info`, `warn` or `error`.',
    `limits: { calls: { quota: 100/day, per: key, past: [{ at: 80%, notify: owner }, { deny: exceeded }] } }
notify: { owner: { log: info } }`,
    z.enum(['info', 'warn', 'error']).optional(),
  ),
  webhook: planned('Posts it to a URL.', 'notify: { owner: { webhook: "https://ops.example/limits" } }'),
  email: planned('Sends it.', 'notify: { owner: { email: ops@api.example } }'),
});

export type ChannelInput = z.output<typeof channel>;
