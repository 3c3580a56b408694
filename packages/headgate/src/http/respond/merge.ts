import { evaluate, type Merge } from '../../profile/index.ts';
import { putAt } from './json-text.ts';
import { rootsOf } from './roots.ts';
import { spokenOf } from './spoken.ts';
import { compileJson, type RenderJson } from './template.ts';
import type { Telling, Told } from './told.ts';

/** The longest body that is taken in to be written into. In bytes, and so at most as many characters. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Fields that are true of the upstream's own bytes alone (RFC 9110 8.8.3, 14.3; RFC 9530). */
const OF_THE_BYTES = ['accept-ranges', 'content-digest', 'content-md5', 'digest', 'etag', 'repr-digest'];
/** `application/json`, and whatever is JSON by its suffix (RFC 6839 3.1). */
const JSON_TYPE = /^application\/(?:[\w!#$&^.+-]+\+)?json\s*(?:;|$)/i;
/** Successes whose body is whole, and there (RFC 9110 15.3). */
const WITH_BODY: ReadonlySet<number> = new Set([200, 201, 202, 203]);

/** How an upstream's body is to be changed. */
export interface Rewrite {
  /** A longer body passes as it came. */
  readonly maxBytes: number;
  /** Fields, by lower-case name, that do not hold of the changed body and must not pass with it. */
  readonly drops: readonly string[];
  /** The changed text; undefined when the body must pass as it came: it is not JSON, or has no room for what is written. */
  apply(text: string): string | undefined;
}

/** Says what is to be done with a response; undefined: let it pass. */
export type RewriteFor = (status: number, contentType: string | undefined) => Rewrite | undefined;

interface CompiledMerge {
  readonly merge: Merge;
  readonly json: RenderJson;
}

/** What is written at a place, as JSON. */
export interface Placed {
  readonly at: readonly string[];
  readonly value: string;
}

/** Compiles `respond.merge`: what changes the response of one request, undefined where nothing can. */
export function compileMerges(merges: readonly Merge[]): (telling: Telling) => RewriteFor | undefined {
  const compiled = merges.map((merge) => ({ merge, json: compileJson(merge.body) }));
  return (telling) => {
    if (compiled.length === 0) return undefined;
    const { told } = telling;
    const ours = compiled.filter(({ merge }) => isOn(merge, told) && spokenOf(merge.of, told).length > 0);
    return ours.length === 0 ? undefined : rewriteFor((status) => placed(ours, telling.told, status));
  };
}

/** Writes into every successful JSON body what `placesFor` its status says. */
export function rewriteFor(placesFor: (status: number) => readonly Placed[]): RewriteFor {
  return (status, contentType) => {
    if (!WITH_BODY.has(status) || contentType === undefined || !JSON_TYPE.test(contentType)) return undefined;
    const places = placesFor(status);
    if (places.length === 0) return undefined;
    return { maxBytes: MAX_BODY_BYTES, drops: OF_THE_BYTES, apply: (text) => written(text, places) };
  };
}

function isOn({ operations, marked }: Merge, { operation, marks }: Told): boolean {
  if (marked !== undefined && !marks.includes(marked)) return false;
  return operations === undefined || operations.includes(operation);
}

function placed(merges: readonly CompiledMerge[], told: Told, status: number): readonly Placed[] {
  return merges.flatMap(({ merge, json }) => {
    const of = spokenOf(merge.of, told).filter((index) => holds(merge, told, index, status));
    const values = of.map((index) => json(told, index, status));
    if (values.length === 0) return [];
    // A limit of several windows says it of each.
    return [{ at: merge.at, value: JSON.stringify(values.length === 1 ? values[0] : values) }];
  });
}

function holds({ when }: Merge, told: Told, index: number, status: number): boolean {
  return when === undefined || evaluate(when, told.scope(rootsOf(told, index, status))) === true;
}

/** What cannot be written is left out: the API's own answer is worth more than what we say beside it. */
function written(text: string, places: readonly Placed[]): string | undefined {
  if (text.length > MAX_BODY_BYTES || !isJson(text)) return undefined;
  let changed: string | undefined;
  for (const { at, value } of places) changed = putAt(changed ?? text, at, value) ?? changed;
  return changed;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
