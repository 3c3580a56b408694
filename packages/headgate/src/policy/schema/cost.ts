import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { value } from './value.ts';
import { closed, isMap, word } from './words.ts';

const text = z.string();

/** What is counted: a word, an expression over the response, or other limits' denials. */
export const count = oneOf(
  [
    z.enum(['admitted', 'attempts']),
    text,
    closed({
      denials: word(
        'Counts the requests that these limits deny, by no block: who goes on asking. It refuses nothing itself; its `past` says what happens, mostly a `block`. A `deny`, which is the default, is a block `for: wait`.',
        'limits: { calls: { rate: 60/minute, per: key }, stubborn: { rate: 20/m, per: key, count: { denials: [calls] }, past: { block: { for: [2m, 10m] } } } }',
        oneOrMany(text),
      ),
    }),
  ],
  (given) => {
    if (isMap(given)) return 2;
    return typeof given === 'string' && /[^A-Za-z]/.test(given.trim()) ? 1 : 0;
  },
);

export const reserved = closed({
  reserve: word(
    'What is charged with the decision: units, or `any` when nothing is known but something must be left. An expression that comes to 0 reserves one unit, to be settled; a 0 that a table writes is free.',
    'limits: { tokens: { rate: 9000/minute, per: key, cost: { reserve: any, actual: response.body.tokens } } }',
    value,
  ),
  actual: word(
    'What it really cost, from the response: `response.status`, `.ok`, `.class`, `.headers`, `.body` (JSON), `.ms`, `.bytes`, and `reserved`. Without it, whoever settles the reservation says so.',
    'limits: { cpu: { rate: 90s/1m, per: key, cost: { reserve: any, actual: \'response.headers["x-cpu-ms"]\' } } }',
    value.optional(),
  ),
  lost: word(
    'What it costs when nobody says so within the lease. Default: the reserve.',
    'limits: { tokens: { rate: 9000/minute, per: key, cost: { reserve: 100, actual: response.body.tokens, lost: 0 } } }',
    value.optional(),
  ),
});

/** A figure, the name of a meter, or what is reserved now and settled later. */
export const cost = oneOf([value, reserved], (given) =>
  isMap(given) && ['reserve', 'actual', 'lost'].some((name) => Object.hasOwn(given, name)) ? 1 : 0,
);

export type CostInput = z.output<typeof cost>;
