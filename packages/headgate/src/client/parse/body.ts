import { MAX_BODY_CHARS } from '../figures.ts';
import { durationOf, most } from './instant.ts';
import { whenOf, type Clocks } from './when.ts';

/** What a refusal's body adds to its fields. */
export interface BodyHints {
  readonly retryAtMs: number | undefined;
  readonly concurrency: boolean;
}

/** Reads `retry_after`, Google's `retryDelay`, "try again in 10 seconds", and whether the refusal is of concurrency. */
export function bodyHints(body: string, clocks: Clocks): BodyHints {
  const text = body.slice(0, MAX_BODY_CHARS);
  // Its members, in JSON of any shape: `"retry_after": 47`, `"retryDelay": "57.2s"`, `"reset_at": "2026-04-11T14:00:00Z"`.
  const members = [
    ...text.matchAll(
      /"(?:retry_?(?:after|delay|in)|((?:reset|retry)_?at))(_?m(?:illi)?s[a-z]*|_?s[a-z]*)?"\s*:\s*"?([^",}\]\s]+)/gi,
    ),
  ].flatMap(
    ([, instant, unit = '', value = '']) =>
      whenOf(value, clocks, /^_?m/i.test(unit), !instant && /^\d{1,6}(\.|$)/.test(value)) ?? [],
  );
  const held = /concurren|simultaneous|parallel (requests|jobs)|already running/i;
  return { concurrency: held.test(text), retryAtMs: most([...members, ...inWords(text, clocks)]) };
}

/** `10 seconds` as `10s`: the first letter of a unit is the unit, but for milliseconds. */
function inWords(text: string, { nowMs }: Clocks): number[] {
  const told = /try(?:ing)?\s+(?:again\s+)?(?:in|after)\s+(\d[\d.]*\s*[a-zµ]+(?:\d[\d.]*[a-zµ]+)*)/i;
  const words = told.exec(text)?.[1]?.toLowerCase().replaceAll(/\s/g, '') ?? '';
  const wait = durationOf(words.replaceAll(/[a-zµ]+/g, (unit) => (/^m(illi)?s/.test(unit) ? 'ms' : unit.charAt(0))));
  return wait === undefined ? [] : [nowMs + wait];
}
