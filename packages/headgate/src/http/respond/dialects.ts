import type { HeaderBlock, PlannedLimit } from '../../profile/index.ts';
import { fieldValue, quoted } from '../header-text.ts';
import { httpDate, iso, seconds } from './format.ts';
import { compileTemplate, type Render } from './template.ts';
import { refuses, remainingOf, resetInMsOf, usedOf, waitMsOf, type Told } from './told.ts';

/** Writes the fields of one dialect. `of`: indexes of the limits spoken of; `lead`: the one that leads, where one does. */
export type WriteDialect = (out: string[], told: Told, of: readonly number[], lead: number) => void;

/** Fields a dialect may write, so that the upstream's own of these names can be kept from passing. */
export interface DialectWriter {
  readonly names: readonly string[];
  readonly write: WriteDialect;
}

/** Compiles a block's dialect; undefined when it has none and only writes fields of its own. */
export function compileDialect(block: HeaderBlock): DialectWriter | undefined {
  switch (block.dialect) {
    case undefined:
      return undefined;
    case 'x-ratelimit':
      return figureFields(block, block.prefix ?? 'X-RateLimit-', resetWriter(block.reset));
    case 'draft-02':
      return figureFields(block, block.prefix ?? 'RateLimit-', resetWriter(block.reset));
    case 'draft-03':
      return policyInLimit(block, block.prefix ?? 'RateLimit-');
    case 'draft-06':
      return policyBeside(block, block.prefix ?? 'RateLimit-');
    case 'draft-07':
      return oneDictionary(block);
    case 'ratelimit':
      return structuredLists(block);
    default:
      return block.dialect satisfies never;
  }
}

/** `…-Limit`, `…-Remaining`, `…-Reset`, `…-Used`: figures of the leading limit, one field each. */
function figureFields(
  block: HeaderBlock,
  prefix: string,
  reset: (told: Told, index: number) => string | undefined,
): DialectWriter {
  const [limit, remaining, resets, used] = ['Limit', 'Remaining', 'Reset', 'Used'].map((name) => prefix + name) as [
    string,
    string,
    string,
    string,
  ]; // map keeps the length
  const policy = policyField(block, `${prefix}Policy`);
  return {
    names: [limit, remaining, resets, used, `${prefix}Policy`],
    write(out, told, _of, lead) {
      out.push(limit, String(told.limits[lead]?.shown), remaining, String(shownRemaining(block, told, lead)));
      const at = reset(told, lead);
      if (at !== undefined) out.push(resets, at);
      if (block.used) out.push(used, String(usedOf(told, lead)));
      policy?.(out, told, lead);
    },
  };
}

/** draft-03: `RateLimit-Limit: 120, 120;w=60, 4;w=1`, led by the limit that is closest to refusing. */
function policyInLimit(block: HeaderBlock, prefix: string): DialectWriter {
  const figures = figureFields(block, prefix, resetWriter(block.reset));
  const own = block.policy && compileTemplate(block.policy);
  return {
    names: figures.names,
    write(out, told, of, lead) {
      const policies = own ? String(own(told, lead) ?? '') : of.map((i) => quota(told.limits[i])).join(', ');
      const at = out.length;
      figures.write(out, told, of, lead);
      out[at + 1] = fieldValue(`${told.limits[lead]?.shown}, ${policies}`);
    },
  };
}

/** draft-06: the figures of the leading limit, and `RateLimit-Policy: 120;w=60, 4;w=1` beside them. */
function policyBeside(block: HeaderBlock, prefix: string): DialectWriter {
  const figures = figureFields(block, prefix, resetWriter(block.reset));
  return {
    names: figures.names,
    write(out, told, of, lead) {
      if (block.policy === undefined) out.push(`${prefix}Policy`, of.map((i) => quota(told.limits[i])).join(', '));
      figures.write(out, told, of, lead);
    },
  };
}

/** draft-07: `RateLimit: limit=100, remaining=50, reset=5`. */
function oneDictionary(block: HeaderBlock): DialectWriter {
  const [name, policyName] = singleNames(block);
  const writePolicy = policyList(block, policyName, quota);
  return {
    names: [name, policyName],
    write(out, told, of, lead) {
      writePolicy(out, told, of, lead);
      const reset = resetInMsOf(told, lead);
      const end = reset === undefined ? '' : `, reset=${seconds(reset)}`;
      out.push(name, `limit=${told.limits[lead]?.shown}, remaining=${shownRemaining(block, told, lead)}${end}`);
    },
  };
}

/** draft-11: lists of named items (RFC 9651): `"burst";q=100;w=60` and `"burst";r=50;t=30`. */
function structuredLists(block: HeaderBlock): DialectWriter {
  const [name, policyName] = singleNames(block);
  const writePolicy = policyList(block, policyName, policyItem);
  return {
    names: [name, policyName],
    write(out, told, of, lead) {
      writePolicy(out, told, of, lead);
      out.push(name, of.map((i) => limitItem(told, i)).join(', '));
    },
  };
}

function policyItem(limit: PlannedLimit | undefined): string {
  if (limit === undefined) return '';
  const unit = limit.unit === 'bytes' ? ';qu="content-bytes"' : '';
  return `${quoted(limit.name)};q=${limit.shown}${unit}${windowOf(limit)}`;
}

/** `t` is when more is to be had, which for a limit that refuses is its wait; `Retry-After` must not fall before it. */
function limitItem(told: Told, index: number): string {
  const ms = refuses(told, index) ? waitMsOf(told) : resetInMsOf(told, index);
  const reset = ms === undefined ? '' : `;t=${seconds(ms)}`;
  return `${quoted(told.limits[index]?.name ?? '')};r=${remainingOf(told, index)}${reset}`;
}

function quota(limit: PlannedLimit | undefined): string {
  return limit === undefined ? '' : `${limit.shown}${windowOf(limit)}`;
}

/** `w` is whole seconds, above 0; a calendar period is no number of seconds and has none. */
function windowOf(limit: PlannedLimit): string {
  return limit.windowMs > 0 ? `;w=${seconds(limit.windowMs)}` : '';
}

function singleNames(block: HeaderBlock): readonly [string, string] {
  const name = (block.prefix ?? 'RateLimit').replace(/-$/, '');
  return [name, `${name}-Policy`];
}

function policyField(
  block: HeaderBlock,
  name: string,
): ((out: string[], told: Told, lead: number) => void) | undefined {
  if (block.policy === undefined) return undefined;
  const render: Render = compileTemplate(block.policy);
  return (out, told, lead) => {
    const text = render(told, lead);
    if (text !== undefined) out.push(name, fieldValue(String(text)));
  };
}

/** The policy's field: in the block's own words, else one item a limit. */
function policyList(block: HeaderBlock, name: string, item: (limit: PlannedLimit | undefined) => string): WriteDialect {
  const own = policyField(block, name);
  return (out, told, of, lead) => {
    if (own) own(out, told, lead);
    else out.push(name, of.map((i) => item(told.limits[i])).join(', '));
  };
}

function shownRemaining(block: HeaderBlock, told: Told, index: number): number {
  return block.denied !== undefined && refuses(told, index) ? block.denied : remainingOf(told, index);
}

function resetWriter(reset: HeaderBlock['reset']): (told: Told, index: number) => string | undefined {
  const write = RESETS[reset];
  return (told, index) => {
    const ms = resetInMsOf(told, index);
    return ms === undefined ? undefined : write(ms, told.wallAtMs + ms);
  };
}

const RESETS: Readonly<Record<HeaderBlock['reset'], (inMs: number, atMs: number) => string>> = {
  epoch: (_, atMs) => String(seconds(atMs)),
  epochMs: (_, atMs) => String(atMs),
  delta: (inMs) => String(seconds(inMs)),
  iso: (_, atMs) => iso(atMs),
  http: (_, atMs) => httpDate(atMs),
};
