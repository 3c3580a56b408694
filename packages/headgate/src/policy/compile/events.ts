import type { EventOf, Operation } from '../../profile/index.ts';
import { didYouMean } from '../nearest.ts';
import type { Path } from '../problem.ts';
import { nameProblem } from '../read/names.ts';
import { readSpan } from '../read/span.ts';
import type { OperationInput } from '../schema/operations.ts';
import type { Context } from './context.ts';

/** What names of the application's events begin with. */
export const APP = 'app.';

const EVENTS: Readonly<Record<string, EventOf>> = {
  connect: { is: 'connect' },
  'message.in': { is: 'message', way: 'in' },
  'message.out': { is: 'message', way: 'out' },
};
const TICK = 'tick';
const EVERY = { leastMs: 1000, mostMs: 86_400_000, most: '24h' };

/** Compiles the event that an operation is; undefined where it is requests with a route. */
export function compileEvent(context: Context, given: OperationInput, path: Path): EventOf | undefined {
  const { event, every, match, each } = given;
  if (every !== undefined && event !== TICK) say(context, [...path, 'every'], 'belongs to "event: tick"');
  if (event === undefined) return undefined;
  if (match !== undefined) say(context, [...path, 'event'], 'is no request with a route: keep "match" or "event"');
  if (each !== undefined) say(context, [...path, 'each'], 'belongs to a request: an event is one operation');
  return event === TICK ? tick(context, every, path) : eventCalled(context, event, [...path, 'event']);
}

function eventCalled(context: Context, event: string, path: Path): EventOf | undefined {
  if (event.startsWith(APP)) return { is: 'app', name: appName(context, event, path) };
  const known = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  if (known !== undefined) return known;
  const names = [...Object.keys(EVENTS), TICK, 'app.NAME'];
  const rule = `there is no event "${event}"${didYouMean(event, names)}; there are ${names.join(', ')}`;
  context.problems.error('ERR_POLICY_UNKNOWN', path, rule, { value: null });
  return undefined;
}

function tick(context: Context, every: string | undefined, path: Path): EventOf {
  if (every === undefined) {
    context.problems.error('ERR_POLICY_MISSING', path, 'expected "every:": how often a tick comes', { value: null });
    return { is: 'tick', everyMs: EVERY.mostMs };
  }
  const everyMs = readSpan(every, EVERY);
  if (typeof everyMs === 'number') return { is: 'tick', everyMs };
  context.problems.error('ERR_POLICY_RANGE', [...path, 'every'], everyMs);
  return { is: 'tick', everyMs: EVERY.mostMs };
}

/** The name of an event of the application, without what it begins with. */
export function appName(context: Context, event: string, path: Path): string {
  const name = event.slice(APP.length);
  const problem = nameProblem(name, 'name');
  if (problem !== undefined) context.problems.error('ERR_POLICY_NAME', path, problem);
  return name;
}

/** Tells apart what no two operations can both take. */
export function eventName(event: NonNullable<Operation['event']>): string {
  switch (event.is) {
    case 'connect':
      return 'connect';
    case 'message':
      return `message.${event.way}`;
    case 'tick':
      return `tick ${event.everyMs}`;
    case 'app':
      return APP + event.name;
    default:
      return event satisfies never;
  }
}

function say(context: Context, path: Path, rule: string): void {
  context.problems.error('ERR_POLICY_WORD', path, rule, { value: null, onName: true });
}
