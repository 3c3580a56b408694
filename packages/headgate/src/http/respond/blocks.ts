import { evaluate, type HeaderBlock, type Template } from '../../profile/index.ts';
import { fieldName, fieldValue } from '../header-text.ts';
import { compileDialect, type DialectWriter } from './dialects.ts';
import { tightestLimit } from './report.ts';
import { compileTemplate, type Render } from './template.ts';
import type { Told } from './told.ts';

/** What became of the request: which blocks are written depends on it. `succeeded` is also `admitted`. */
export type Ending = 'admitted' | 'denied' | 'succeeded';

export interface Blocks {
  /** Appends the fields of every block that applies. `ending` is `admitted` before the upstream has answered. */
  write(out: string[], told: Told, ending: Ending): void;
  /** Whether a field of this lower-case name is ours to write, so that the upstream's own must not pass. */
  readonly owns: (name: string) => boolean;
}

interface CompiledBlock {
  readonly block: HeaderBlock;
  readonly dialect: DialectWriter | undefined;
  readonly fields: readonly (readonly [Render, Render])[];
}

/** Compiles all header blocks of a policy: on the hot path only figures are turned into text. */
export function compileBlocks(blocks: readonly HeaderBlock[]): Blocks {
  const compiled = blocks.map((block) => ({
    block,
    dialect: compileDialect(block),
    fields: block.fields.map(([name, value]) => [compileTemplate(name), compileTemplate(value)] as const),
  }));
  return {
    write(out, told, ending) {
      for (const block of compiled) if (applies(block.block, told, ending)) writeBlock(out, block, told);
    },
    owns: ownership(compiled),
  };
}

function applies(block: HeaderBlock, told: Told, ending: Ending): boolean {
  if (block.operations !== undefined && !block.operations.includes(told.operation)) return false;
  if (block.only !== undefined && block.only !== ending && !(block.only === 'admitted' && ending === 'succeeded'))
    return false;
  return block.when === undefined || evaluate(block.when, told.scope()) === true;
}

function writeBlock(out: string[], { block, dialect, fields }: CompiledBlock, told: Told): void {
  const of = spokenOf(block, told);
  const [first] = of;
  if (first === undefined) return;
  dialect?.write(out, told, of, told.denied && of.includes(told.reported) ? told.reported : first);
  if (fields.length > 0) writeFields(out, block, fields, told, of);
}

/** Indexes of the limits a block speaks of, in the order it names them; those that do not apply here are left out. */
function spokenOf(block: HeaderBlock, told: Told): readonly number[] {
  if (typeof block.of === 'string') {
    const one = block.of === 'binding' && told.reported >= 0 ? told.reported : tightest(told);
    return one < 0 ? [] : [one];
  }
  const indexes: number[] = [];
  for (const name of block.of) {
    for (let i = 0; i < told.limits.length; i++) {
      if (told.limits[i]?.name === name || isWindowOf(told.limits[i]?.name, name)) indexes.push(i);
    }
  }
  return indexes;
}

/** A limit with several windows is compiled as `NAME.1s`, `NAME.2m`; its own name means all of them. */
function isWindowOf(name: string | undefined, of: string): boolean {
  return name !== undefined && name.length > of.length && name.charCodeAt(of.length) === 0x2e && name.startsWith(of);
}

function tightest(told: Told): number {
  return told.outcome === undefined ? -1 : tightestLimit(told.outcome, told.limits, told.costs);
}

/** Fields of one name are written once with the values joined, or once each. */
function writeFields(
  out: string[],
  block: HeaderBlock,
  fields: CompiledBlock['fields'],
  told: Told,
  of: readonly number[],
): void {
  for (const [name, value] of fields) {
    const lines = new Map<string, string[]>();
    for (const index of of) {
      const [field, text] = [name(told, index), value(told, index)];
      if (field === undefined || text === undefined) continue;
      const key = fieldName(String(field));
      lines.set(key, [...(lines.get(key) ?? []), fieldValue(String(text))]);
    }
    for (const [key, values] of lines) {
      if (block.each) for (const each of values) out.push(key, each);
      else out.push(key, values.join(block.join));
    }
  }
}

/** A policy that writes limit headers owns all of them: two tellers would contradict each other. */
function ownership(compiled: readonly CompiledBlock[]): (name: string) => boolean {
  if (compiled.length === 0) return () => false;
  const names = new Set(compiled.flatMap(({ dialect }) => (dialect?.names ?? []).map((name) => name.toLowerCase())));
  const prefixes = ['ratelimit', 'x-ratelimit'];
  for (const { block } of compiled) {
    for (const [name] of block.fields) {
      const { text, whole } = literalStart(name);
      if (whole) names.add(text);
      else if (text !== '') prefixes.push(text);
    }
  }
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

function literalStart(template: Template): { text: string; whole: boolean } {
  const [first] = template;
  return {
    text: typeof first === 'string' ? first.toLowerCase() : '',
    whole: template.length === 1 && typeof first === 'string',
  };
}
