import type { IncomingMessage, ServerResponse } from 'node:http';
import { readsAlike, type Guard, type Reading, type Reply, type Visit } from '../kit/index.ts';

/** What makes a body other than the plain, whole one in which something is to be written. */
const PARTIAL = ['range', 'if-range'];

/** Takes fields out of a request, in both of the forms in which Node has them: whoever reads them later would believe them. */
export function strip(request: IncomingMessage, strips: (name: string) => boolean): void {
  const { headers } = request;
  for (const name in headers) if (strips(name)) remove(request, name);
}

function remove(request: IncomingMessage, name: string): void {
  const { headers, rawHeaders } = request;
  delete headers[name];
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2)
    if (rawHeaders[i]?.toLowerCase() === name) rawHeaders.splice(i, 2);
}

function set(request: IncomingMessage, name: string, value: string): void {
  remove(request, name.toLowerCase());
  request.headers[name.toLowerCase()] = value;
  request.rawHeaders.push(name, value);
}

/** Asks for the plain body where something is to be written into it, and tells a handler what its request holds. */
export function prepare(request: IncomingMessage, visit: Visit): void {
  if (!visit.holds && !visit.rewrites) return;
  if (visit.rewrite !== undefined) {
    for (const name of PARTIAL) remove(request, name);
    set(request, 'Accept-Encoding', 'identity');
  }
  for (const { forward } of visit.admissions)
    for (let i = 0; i + 1 < forward.hands.length; i += 2)
      set(request, forward.hands[i] ?? '', forward.hands[i + 1] ?? '');
}

/** One exchange of Node's, and how its framework knows it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the framework gives its handlers: where the decision hangs, and what a key function is given. */
  readonly native: object;
  /** The target as it came, whatever a framework has made of it since. */
  readonly came: string;
  /** What the framework has taken off the path already, where it can still be told another one; else how it has read it. */
  readonly base: string | Reading;
  /** Answers by the framework's own means. Default: on Node's response. */
  send?(answer: Reply, id: string): void;
}

/** Whether what a framework runs is what was counted, as far as that can be brought about. */
export function reads(exchange: Exchange, { policy }: Guard, counted: string | undefined): boolean {
  const { came, base } = exchange;
  if (typeof base === 'string') return align(exchange, base, counted);
  return readsAlike(came, counted, base, policy.paths.trailingSlash);
}

/**
 * Gives the request the path that was counted, so that what a framework runs is what was counted. False when it cannot: the part
 * that the framework has taken off already is not how the path begins.
 */
function align({ request, came }: Exchange, base: string, counted: string | undefined): boolean {
  if (counted === undefined || counted === came) return true;
  const rest = counted.startsWith(base) ? counted.slice(base.length) : undefined;
  if (rest === undefined || !/^(?:[/?]|$)/.test(rest)) return false;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  return true;
}
