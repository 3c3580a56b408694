import { checkOf, halves } from './checks.ts';
import type { Closing, Speaking } from './steps.ts';

/**
 * Reads what happens on sockets; undefined: the line is about something else. A socket is opened by a request,
 * `GET /ws -> socket a`, and then
 *
 *     120 x a says {"op": 1} -> passes
 *     a says {"op": 1} -> refused | close 4008 | /code = 1
 *     a hears {"t": "CREATE"} -> passes
 *     a closes
 */
export function readSocketLine(line: string): Speaking | Closing | undefined {
  const closing = /^(\w+) closes$/.exec(line);
  if (closing !== null) return { is: 'close', line, socket: closing[1] ?? '' };
  const said = /^(?:(\d+) x )?(\w+) (says|hears) (.*)$/.exec(line);
  if (said === null) return undefined;
  const [, times = '1', socket = '', way, rest = ''] = said;
  const [body, right = ''] = halves(rest, ' -> ');
  const [outcome = '', ...checks] = right.split(' | ');
  if (outcome !== 'passes' && outcome !== 'refused') throw new Error(`expected "passes" or "refused", got ${outcome}`);
  return {
    is: 'message',
    line,
    times: Number(times),
    socket,
    way: way === 'says' ? 'in' : 'out',
    body,
    passes: outcome === 'passes',
    checks: checks.map(checkOf),
  };
}
