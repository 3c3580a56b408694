import type { Clock } from '../../../core/index.ts';
import type { Directory, FoundAttribute } from '../../../profile/index.ts';
import { textOf, within, type Outside, type Reply } from '../../outside.ts';
import { attributesFrom } from './attributes.ts';
import { Expiring } from './expiring.ts';
import { fault, WRONG, whenHeld, type Find, type Found } from './found.ts';
import { headersFor } from './sent.ts';
import { Turns } from './turns.ts';

/** Bytes of a directory's answer. */
const MAX_BYTES = 65_536;
/** After a fault, and until an answer, whoever is remembered is known without asking for so long: an outage makes no good caller wait. */
const COOL_MS = 5000;
/** Statuses by which a directory says that nobody has this credential. */
const NOBODY: ReadonlySet<number> = new Set([401, 403, 404, 410]);

export interface DirectorySource {
  readonly name: string;
  readonly directory: Directory;
  readonly attributes: readonly FoundAttribute[];
  /** The text under which a credential is remembered: a salted hash. */
  readonly keyOf: (credential: string) => string;
}

/** Looks credentials up by asking an HTTP service, and remembers what it said. */
export function findByHttp(source: DirectorySource, outside: Outside, clock: Clock): Find {
  const { directory: spec, keyOf } = source;
  const headersOf = headersFor(source.name, spec, outside.env);
  const found = new Expiring<{ readonly found: Found; readonly freshUntilMs: number }>(spec.entries);
  const missing = new Expiring<true>(spec.entries);
  const flights = new Map<string, Promise<Found>>();
  const turns = new Turns(spec.concurrent);
  let downUntilMs = Number.NEGATIVE_INFINITY;

  /** What is remembered, fresh, or stale where the directory was down a moment ago. */
  function remembered(key: string, nowMs: number): Found | undefined {
    const entry = found.get(key, nowMs);
    if (entry !== undefined && (nowMs < entry.freshUntilMs || nowMs < downUntilMs)) return entry.found;
    return missing.get(key, nowMs) && WRONG;
  }

  async function ask(key: string, headers: Record<string, string>): Promise<Found> {
    try {
      const answer = await call(spec, turns, outside, headers);
      downUntilMs = Number.NEGATIVE_INFINITY;
      const told = NOBODY.has(answer.status) ? WRONG : foundIn(source, answer);
      remember(key, told);
      return told;
    } catch (error) {
      downUntilMs = clock.monotonicMs() + COOL_MS;
      const stale = found.get(key, clock.monotonicMs());
      if (stale !== undefined) return stale.found;
      throw new Error(`identify.${source.name}: ${spec.url}: ${reasonOf(error)}`, { cause: error });
    }
  }

  function remember(key: string, told: Found): void {
    const nowMs = clock.monotonicMs();
    if (told.is === 'found') {
      const freshUntilMs = nowMs + spec.foundMs;
      found.set(key, { found: told, freshUntilMs }, freshUntilMs + spec.staleMs);
    } else {
      found.delete(key);
      if (spec.missingMs > 0) missing.set(key, true, nowMs + spec.missingMs);
    }
  }

  function fly(key: string, headers: Record<string, string>): Promise<Found> {
    const flight = ask(key, headers)
      .catch(fault)
      .finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  }

  return (credential, hold) => {
    const headers = headersOf(credential);
    if (headers === undefined) return WRONG;
    const key = keyOf(credential);
    const known = remembered(key, clock.monotonicMs()) ?? flights.get(key);
    if (known !== undefined) return known;
    return whenHeld(hold, () => flights.get(key) ?? fly(key, headers));
  };
}

interface Told {
  readonly status: number;
  readonly text: string;
}

/** One call, within its time: the wait for a turn and the whole body included. */
async function call(spec: Directory, turns: Turns, outside: Outside, headers: Record<string, string>): Promise<Told> {
  const signal = outside.deadline(spec.timeoutMs);
  await turns.take(signal);
  try {
    const { url, method } = spec;
    const reply = await within(outside.fetch(url, { method, headers, redirect: 'manual', signal }), signal);
    return { status: reply.status, text: await within(bodyOf(reply), signal) };
  } finally {
    turns.end();
  }
}

/** The body is read where it says something, and let go where it does not: an unread one would keep its connection. */
async function bodyOf(reply: Reply): Promise<string> {
  if (reply.status === 200) return textOf(reply, MAX_BYTES);
  await reply.body?.cancel();
  return '';
}

function foundIn({ attributes }: DirectorySource, { status, text }: Told): Found {
  if (status !== 200 && status !== 204) throw new Error(`answered ${status}`);
  if (attributes.length === 0) return { is: 'found', attributes: {} };
  const value: unknown = status === 204 ? {} : JSON.parse(text);
  const read = attributesFrom(attributes, value);
  if (typeof read === 'string') throw new Error(`in its answer, ${read}`);
  return { is: 'found', attributes: read };
}

/** A parser's words quote what it read, which is not for the log. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'its answer is not JSON';
  return error instanceof Error ? error.message : String(error);
}
