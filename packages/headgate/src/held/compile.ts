import { FOREVER } from '../core/index.ts';
import { compileLimits, type Compiled } from '../gate/index.ts';
import type { LimitSpec } from './limit-spec.ts';
import { readAt } from './read-limit.ts';

/** Limits compiled, with the periods of their quotas as they are at an instant of wall time, and for as long as those are known. */
export function compileAt(limits: Readonly<Record<string, LimitSpec>>, wallMs: number): Compiled {
  const compiled = compileLimits(limits, readAt(wallMs));
  const { program } = compiled;
  const known = program.checks.map(({ segments }) => segments.at(-1)!.fromAtMs || FOREVER);
  const validUntilMs = Math.min(...known);
  return { ...compiled, program: { ...program, validUntilMs, calendar: validUntilMs < FOREVER } };
}
