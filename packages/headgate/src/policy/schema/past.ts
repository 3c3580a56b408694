import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { answer } from './respond.ts';
import { parts, value } from './value.ts';
import { closed, isMap, word } from './words.ts';

const text = z.string();
const yes = z.literal(true);
const answerOrName = oneOf([text, answer], (given) => (isMap(given) ? 1 : 0));

const BANNED =
  'limits: { calls: { rate: 60/minute, per: key }, stubborn: { rate: 20/m, per: key, count: { denials: [calls] }, past: { block: ';
const blocked = (words: string): string => `${BANNED}{ ${words} } } } }`;

export const block = closed({
  for: word(
    'For how long: a duration, or a list of them, one each time that it recurs, the last from then on. `wait`: as long as the limit would refuse by itself.',
    blocked('for: [2m, 10m, 1h]'),
    oneOf([value, z.array(value).min(1).max(32)], (given) => (Array.isArray(given) ? 1 : 0)),
  ),
  per: word(
    'Who is kept out. Default: whose counter the limit’s is.',
    blocked('for: 1h, per: address'),
    parts.optional(),
  ),
  on: word(
    'From which operations, groups or tags; `all`: from every one. Default: those that the limit is for.',
    blocked('for: 1h, on: all'),
    oneOrMany(text).optional(),
  ),
  forget: word(
    'How long after its end another one is a recurrence. Default: the longest of its durations.',
    blocked('for: [2m, 10m], forget: 72h'),
    value.optional(),
  ),
  extend: word(
    'Whether a request that is kept out begins the block anew. Default false: whoever waits as told is let in.',
    blocked('for: 5m, extend: true'),
    z.boolean().optional(),
  ),
  answer: word(
    'The answer to whoever is kept out, and to the denial that begins it: a name, or written out. Default `exceeded`.',
    blocked('for: 2m, answer: { status: 418 }'),
    answerOrName.optional(),
  ),
});

export type BlockInput = z.output<typeof block>;

export const delay = closed({
  upTo: word(
    'For how long at most, from 1ms to 1h. The gateway lets nobody wait for longer than its `--timeout`.',
    `plans: [free, pro]
limits: { calls: { rate: 10/second, algorithm: bucket, per: key, past: { delay: { upTo: { free: 1s, pro: 5s }, queue: 20 } } } }`,
    value,
  ),
  queue: word(
    'How many wait at most before one counter.',
    'limits: { calls: { rate: 60/minute, per: key, past: { delay: { upTo: 20s, queue: 5 } } } }',
    value,
  ),
  order: word(
    'A number: the least goes first. Default: who came first. A bucket keeps the order of arrival.',
    `limits: { calls: { rate: 60/minute, per: key, past: { delay: { upTo: 20s, queue: 5, order: 'request.method == "GET" ? 0 : 1' } } } }`,
    text.optional(),
  ),
});

export type DelayInput = z.output<typeof delay>;

/** What happens at a fill: one of these words. */
const ACTIONS = {
  deny: word(
    'Refuses: an answer by name, or written out.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ deny: { status: 402 } }] } }',
    answerOrName.optional(),
  ),
  block: word(
    'Refuses, and goes on refusing: a block begins with the denial, and ends by itself.',
    'limits: { calls: { rate: 60/minute, per: key, past: { block: { for: 10m } } } }',
    block.optional(),
  ),
  admit: word(
    'Lets it in, and counts it: what is used may be more than the amount.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ when: request.method == "GET", admit: true }, { deny: exceeded }] } }',
    yes.optional(),
  ),
  bill: word(
    'The same, and reports the units above the fill as overage, under this name: to the program around the gate, and to the channel of that name where there is one.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ bill: calls }, { at: 200%, deny: exceeded }] } }',
    text.optional(),
  ),
  shadow: word(
    'Lets it in, and tells what would have been refused: a limit to be tried. What is let in above the fill is not counted.',
    'limits: { calls: { rate: 60/minute, per: key, past: [{ shadow: true }, { at: 200%, deny: exceeded }] } }',
    yes.optional(),
  ),
  drop: word(
    'Refuses without a word: the connection is closed, and nothing is answered.',
    'limits: { floods: { rate: 1000/second, per: address, past: { drop: true } } }',
    yes.optional(),
  ),
  mark: word(
    'Passes it on with this mark, once what is used reaches the fill: header blocks and `merge` may be for marked requests, and the API gets it as `X-Headgate-Mark`.',
    'limits: { calls: { rate: 60/minute, per: key, past: [{ at: 80%, mark: near }, { deny: exceeded }] } }\nrespond: { headers: { of: calls, marked: near, fields: { X-Slow-Down: "true" } } }',
    text.optional(),
  ),
  notify: word(
    'Tells channels, once a period or window and subject, when what is used reaches this fill.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ at: 50%, notify: owner }, { deny: exceeded }] } }\nnotify: { owner: { log: info } }',
    oneOrMany(text).optional(),
  ),
  delay: word(
    'Holds it back instead of refusing, until it is let in; refuses who would wait too long, or finds the line full.',
    'limits: { calls: { rate: 10/second, algorithm: bucket, per: key, past: { delay: { upTo: 5s, queue: 20 } } } }',
    delay.optional(),
  ),
  close: word(
    'Refuses, and ends the connection: a web socket with the `close` of the answer, or 1008.',
    'operations: { say: { event: message.in } }\nlimits: { said: { rate: 60/minute, per: key, on: say, past: { close: exceeded } } }',
    answerOrName.optional(),
  ),
};

export const step = closed({
  at: word(
    'At which fill, in percent of the amount, up to 1000%: a value. Default 100%. Refusals and passes decide what would bring the use above it; `notify` and `mark` are for what reaches it.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ at: 80%, notify: [owner] }, { at: 110%, deny: exceeded }] } }\nnotify: { owner: { log: warn } }',
    value.optional(),
  ),
  when: word(
    'Only when this holds, known before the decision. Where it cannot be told, what refuses, marks or tells holds, and what lets in does not. Of a `deny` that another follows at the same fill it may read `reason`: `never`, `until` or `freed`.',
    `limits: { calls: { rate: 60/minute, per: key, past: [{ at: 80%, when: 'request.method != "POST"', deny: exceeded }, { deny: exceeded }] } }`,
    text.optional(),
  ),
  ...ACTIONS,
});

/** Words by which a map is a step, and no answer; `close` is one with an answer, and a word of an answer with a code. */
const STEP_WORDS: readonly string[] = ['at', 'when', ...Object.keys(ACTIONS)];

export type StepInput = z.output<typeof step>;

const steps = oneOrMany(step);

/** An answer, by name or written out; or steps. */
export const past = oneOf([text, answer, steps], (given) => {
  if (!isMap(given)) return Array.isArray(given) ? 2 : 0;
  return isStep(given) ? 2 : 1;
});

/** Whether a map is a step, and no answer. */
export function isStep(given: Readonly<Record<string, unknown>>): boolean {
  return STEP_WORDS.some(
    (name) => Object.hasOwn(given, name) && !(name === 'close' && typeof given[name] === 'number'),
  );
}
