import { durationOf } from './instant.ts';
import { whenOf, type Clocks } from './when.ts';

/** What a refusal's body adds to its fields. */
export interface BodyHints {
  readonly retryAtMs?: number;
  readonly concurrency: boolean;
}

/** So much of a body is read, and so many members of it; hints stand near its top. */
const MAX_CHARS = 16_384;
const MAX_MEMBERS = 200;

const WAIT = /^(retry_?(after|delay|in))(_?(ms|millis|milliseconds|seconds|s))?$/i;
const INSTANT = /^(reset|retry)_?at$/i;
const WORDS = /(?:try|retry)(?:ing)?\s+(?:again\s+)?(?:in|after)\s+(\d[\d.]*\s*[a-zµ]+(?:\d[\d.]*[a-zµ]+)*)/i;
const HELD = /concurren|simultaneous|parallel (requests|jobs)|already running/i;

/** Reads `retry_after`, Google's `retryDelay`, "try again in 10 seconds", and whether the refusal is of concurrency. */
export function bodyHints(body: string, clocks: Clocks): BodyHints {
  const text = body.slice(0, MAX_CHARS);
  const waits: number[] = [];
  const keep = (atMs: number | undefined): void => void (atMs !== undefined && waits.push(atMs));
  for (const [name, value] of membersOf(text)) {
    const [, wait, , , unit = ''] = WAIT.exec(name) ?? [];
    if (wait !== undefined)
      keep(
        whenOf(value, { ms: unit.startsWith('m'), delta: /^\d{1,6}(\.|$)/.test(value), windowMs: undefined }, clocks),
      );
    else if (INSTANT.test(name)) keep(whenOf(value, { ms: false, delta: false, windowMs: undefined }, clocks));
  }
  if (waits.length === 0) keep(inWords(text, clocks));
  return { concurrency: HELD.test(text), ...(waits.length > 0 && { retryAtMs: Math.max(...waits) }) };
}

function inWords(text: string, { nowMs }: Clocks): number | undefined {
  const words = WORDS.exec(text)?.[1]?.toLowerCase().replaceAll(/\s/g, '');
  const short = words
    ?.replace(/milliseconds?|millis/, 'ms')
    .replace(/sec(ond)?s?/, 's')
    .replace(/min(ute)?s?/, 'm')
    .replace(/hours?/, 'h');
  const wait = short === undefined ? undefined : durationOf(short.replace(/\.$/, ''));
  return wait === undefined ? undefined : nowMs + wait;
}

/** Names and values of a JSON text, from the top, as far as they are text or numbers. */
function membersOf(text: string): [string, string][] {
  const members: [string, string][] = [];
  const level: unknown[] = [parsed(text)];
  for (let i = 0; i < level.length && level.length <= MAX_MEMBERS; i++) {
    const value = level[i];
    if (value === null || typeof value !== 'object') continue;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'object') level.push(inner);
      else if (typeof inner === 'string' || typeof inner === 'number') members.push([name, `${inner}`]);
    }
  }
  return members.slice(0, MAX_MEMBERS);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
