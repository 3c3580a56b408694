import { evaluate, readsOf, type HeaderBlock } from '../../profile/index.ts';
import { compileDialect, type DialectWriter } from './dialects.ts';
import { compileFields, type WriteFields } from './fields.ts';
import { ownership } from './ownership.ts';
import { rootsOf } from './roots.ts';
import { compileSpoken, type Spoken } from './spoken.ts';
import type { Told } from './told.ts';

/** What became of the request: which blocks are written depends on it. `succeeded` is also `admitted`. */
export type Ending = 'admitted' | 'denied' | 'succeeded';

export interface Blocks {
  /** Whether there are any: without one, nothing needs to be known of limits that do not refuse. */
  readonly any: boolean;
  /** Appends the fields of every block that applies to a response of this status. */
  write(out: string[], told: Told, ending: Ending, status: number): void;
  /** Whether a field of this lower-case name is ours to write, so that the upstream's own must not pass. */
  readonly owns: (name: string) => boolean;
}

interface CompiledBlock {
  readonly block: HeaderBlock;
  readonly dialect: DialectWriter | undefined;
  readonly spoken: Spoken;
  readonly writeFields: WriteFields;
  readonly holds: Holds;
}

/** Leaves of the limits spoken of those for which the block is. */
type Holds = (told: Told, of: readonly number[], status: number) => readonly number[];

const NONE: readonly number[] = [];

/** Compiles all header blocks of a policy: on the hot path only figures are turned into text. */
export function compileBlocks(blocks: readonly HeaderBlock[]): Blocks {
  const compiled = blocks.map((block) => ({
    block,
    dialect: compileDialect(block),
    spoken: compileSpoken(block.of),
    writeFields: compileFields(block),
    holds: holdsOf(block),
  }));
  return {
    any: compiled.length > 0,
    write(out, told, ending, status) {
      if (told.unidentified) return writeUnidentified(out, compiled, told, ending, status);
      for (const block of compiled) if (applies(block.block, told, ending)) writeBlock(out, block, told, status);
    },
    owns: ownership(
      blocks,
      compiled.flatMap(({ dialect }) => dialect?.names ?? []),
    ),
  };
}

function applies({ operations, only, marked }: HeaderBlock, { operation, marks }: Told, ending: Ending): boolean {
  if (marked !== undefined && !marks.includes(marked)) return false;
  if (operations !== undefined && !operations.includes(operation)) return false;
  return only === undefined || only === ending || (only === 'admitted' && ending === 'succeeded');
}

function writeBlock(out: string[], compiled: CompiledBlock, told: Told, status: number): void {
  const of = compiled.holds(told, compiled.spoken(told), status);
  const [first] = of;
  if (first === undefined) return;
  compiled.dialect?.write(out, told, of, told.denied && of.includes(told.reported) ? told.reported : first);
  compiled.writeFields(out, told, of, status);
}

/**
 * Nobody is known, so no block's own limits are: its dialect speaks of what the address may ask, where the block is for
 * every operation. Fields of one name are written once, whoever's they would have been.
 */
function writeUnidentified(
  out: string[],
  compiled: readonly CompiledBlock[],
  told: Told,
  ending: Ending,
  status: number,
): void {
  const written = new Set<string>();
  for (const { block, dialect, holds } of compiled) {
    // A block for some operations is not for a request that reached none.
    if (dialect === undefined || !applies(block, told, ending)) continue;
    if (told.limits.length === 0 || dialect.names.some((name) => written.has(name.toLowerCase()))) continue;
    if (holds(told, [0], status).length === 0) continue;
    for (const name of dialect.names) written.add(name.toLowerCase());
    dialect.write(out, told, [0], 0);
  }
}

/** A condition on the limit leaves out those for which it does not hold; one that fails does not hold. */
function holdsOf({ when }: HeaderBlock): Holds {
  if (when === undefined) return (_, of) => of;
  const isOfLimit = readsOf(when).some((read) => read === 'limit' || read.startsWith('limit.'));
  const holds = (told: Told, index: number, status: number): boolean =>
    evaluate(when, told.scope(rootsOf(told, index, status))) === true;
  if (isOfLimit) return (told, of, status) => of.filter((index) => holds(told, index, status));
  return (told, of, status) => (holds(told, of[0] ?? -1, status) ? of : NONE);
}
