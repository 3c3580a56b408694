import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { answer } from './respond.ts';
import { closed, isMap, plannedBranch, word } from './words.ts';

const text = z.string();

const PLANNED_STEPS = ['when', 'block', 'delay', 'drop', 'close', 'admit', 'bill', 'mark', 'shadow'] as const;
/** Words by which a map is a step, and no answer. */
const STEP_WORDS: readonly string[] = ['at', 'deny', 'notify', ...PLANNED_STEPS];

const ladder = plannedBranch(
  'A ladder of steps: slow, degrade, bill, block.',
  'limits: { calls: { rate: 60/minute, per: key, past: [{ at: 110%, deny: exceeded }] } }',
);

/** What is told on the way to a quota's end, and what denies at the end. */
export const step = closed({
  at: word(
    'At which fill, in percent of the amount. Default 100%.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ at: 80%, notify: [owner] }, { deny: exceeded }] } }\nnotify: { owner: { log: warn } }',
    text.optional(),
  ),
  deny: word(
    'Refuses, at 100 %: an answer by name, or written out.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ deny: { status: 402 } }] } }',
    oneOf([text, answer], (given) => (isMap(given) ? 1 : 0)).optional(),
  ),
  notify: word(
    'Tells channels, once a period and subject, when what is used reaches this fill.',
    'limits: { calls: { quota: 100/day, per: key, past: [{ at: 50%, notify: owner }] } }\nnotify: { owner: { log: info } }',
    oneOrMany(text).optional(),
  ),
});

export type StepInput = z.output<typeof step>;

const steps = oneOrMany(
  oneOf([step, ladder], (given) => (isMap(given) && PLANNED_STEPS.some((name) => isStepBy(given, name)) ? 1 : 0)),
);

/** An answer, by name or written out; or steps. */
export const past = oneOf([text, answer, steps], (given) => {
  if (!isMap(given)) return Array.isArray(given) ? 2 : 0;
  return isStep(given) ? 2 : 1;
});

/** Whether a map is a step, and no answer. */
export function isStep(given: Readonly<Record<string, unknown>>): boolean {
  return STEP_WORDS.some((name) => isStepBy(given, name));
}

/** `close` is a step with an answer, and a word of an answer with a code. */
function isStepBy(given: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(given, name) && !(name === 'close' && typeof given[name] === 'number');
}
