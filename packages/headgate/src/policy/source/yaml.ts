import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type Scalar,
  type YAMLError,
} from 'yaml';
import type { PolicyErrorCode } from '../errors.ts';
import type { Path } from '../problem.ts';
import { Lines } from './lines.ts';
import { offsetIn } from './scalar-offset.ts';
import { HALF, MAX_ALIASES, MAX_DEPTH, MAX_VALUES, valueAt, type Plain, type Source } from './source.ts';

/** Syntax errors told at most: after the first, the rest is guesswork. */
const MAX_SYNTAX_ERRORS = 10;

/** Called for what makes a text no policy at all, with an offset into the text. */
export type Refuse = (code: PolicyErrorCode, path: Path, rule: string, offset: number) => void;

/** Where a value stands in the text, and its parts below it. */
interface Spot {
  readonly node: Node | null;
  /** Offset of the name it stands under; of the value itself in a list. */
  readonly nameAt: number;
  readonly at: number;
  readonly parts: Map<string | number, Spot>;
}

interface Read {
  readonly value: Plain;
  readonly spot: Spot;
}

/**
 * Reads YAML 1.2 (core schema; JSON is part of it) to plain data that remembers where it stood.
 * Never throws for any text; what is refused is refused through `refuse`.
 */
export function readYaml(text: string, file: string | undefined, refuse: Refuse): Source {
  const lines = new Lines(text);
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    stringKeys: true,
    // Checked below, with a set: the library compares every key with every other.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const { value, spot } = readDocument(document, refuse);
  return {
    file,
    value,
    valueAt: (path) => valueAt(value, path),
    place: (path, at, onName) => lines.place(offsetOf(spot, text, path, at, onName)),
  };
}

const NOTHING: Read = { value: null, spot: { node: null, nameAt: 0, at: 0, parts: new Map() } };

function readDocument(document: Document.Parsed, refuse: Refuse): Read {
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== '1.2') {
    refuse('ERR_POLICY_SYNTAX', [], `a policy is YAML 1.2; remove "%YAML ${version}"`, 0);
    return NOTHING;
  }
  for (const error of document.errors.slice(0, MAX_SYNTAX_ERRORS)) refuseSyntax(error, refuse);
  if (document.errors.length > 0 || document.contents === null) return NOTHING;
  return new Reader(document, refuse).read(document.contents, [], document.contents.range[0]);
}

function refuseSyntax(error: YAMLError, refuse: Refuse): void {
  if (error.code === 'MULTIPLE_DOCS') {
    refuse('ERR_POLICY_DOCUMENTS', [], 'one file holds one policy; remove the second "---"', error.pos[0]);
  } else if (error.code === 'BAD_ALIAS') {
    refuse('ERR_POLICY_ALIAS', [], error.message, error.pos[0]);
  } else if (error.code === 'RESOURCE_EXHAUSTION') {
    refuse('ERR_POLICY_DEPTH', [], `values may be nested ${MAX_DEPTH} deep`, error.pos[0]);
  } else {
    refuse('ERR_POLICY_SYNTAX', [], error.message.replace(/[\s:]+$/, ''), error.pos[0]);
  }
}

/** Turns nodes into plain data, counting what it makes: an alias may say much in few letters. */
class Reader {
  readonly #document: Document.Parsed;
  readonly #refuse: Refuse;
  #values = 0;
  #aliases = 0;

  constructor(document: Document.Parsed, refuse: Refuse) {
    this.#document = document;
    this.#refuse = refuse;
  }

  read(node: Node | null | undefined, path: Path, nameAt: number): Read {
    const at = node?.range?.[0] ?? nameAt;
    if (node === null || node === undefined || this.#isTooMuch(path, at)) return leaf(null, null, nameAt, at);
    if (isAlias(node)) return this.#alias(node, path, nameAt, at);
    if (node.tag !== undefined) {
      this.#refuse('ERR_POLICY_TAG', path, `tags such as "${node.tag}" are not read; write the plain value`, at);
    }
    if (isMap(node)) return this.#map(node, path, nameAt, at);
    if (isSeq(node)) return this.#list(node, path, nameAt, at);
    return isScalar(node) ? this.#scalar(node, path, nameAt, at) : leaf(null, null, nameAt, at);
  }

  #scalar(node: Scalar, path: Path, nameAt: number, at: number): Read {
    const value = plainScalar(node.value);
    if (typeof value === 'string' && !value.isWellFormed()) this.#refuse('ERR_POLICY_ENCODING', path, HALF, at);
    return leaf(value, node, nameAt, at);
  }

  #isTooMuch(path: Path, at: number): boolean {
    this.#values++;
    if (path.length > MAX_DEPTH) this.#refuse('ERR_POLICY_DEPTH', [], `values may be nested ${MAX_DEPTH} deep`, at);
    if (this.#values === MAX_VALUES + 1) {
      this.#refuse('ERR_POLICY_SIZE', [], `a policy may hold ${MAX_VALUES} values, aliases written out`, at);
    }
    return path.length > MAX_DEPTH || this.#values > MAX_VALUES;
  }

  #alias(node: Alias, path: Path, nameAt: number, at: number): Read {
    this.#aliases++;
    const tooMany = this.#aliases > MAX_ALIASES;
    // To find what an alias stands for, the library walks the whole document: one too many is not looked up.
    const target = tooMany ? undefined : node.resolve(this.#document);
    if (target !== undefined) return this.read(target, path, nameAt);
    const rule = tooMany ? `a policy may hold ${MAX_ALIASES} aliases` : `"*${node.source}" stands for nothing`;
    if (this.#aliases <= MAX_ALIASES + 1) this.#refuse('ERR_POLICY_ALIAS', path, rule, at);
    return leaf(null, null, nameAt, at);
  }

  #map(node: Node & { items: readonly unknown[] }, path: Path, nameAt: number, at: number): Read {
    const value: Record<string, Plain> = {};
    const parts = new Map<string | number, Spot>();
    for (const item of node.items) {
      const pair = pairOf(item);
      if (pair === undefined) continue;
      if (!this.#isFree(pair, parts, path)) continue;
      const below = this.read(pair.value, [...path, pair.name], pair.at);
      value[pair.name] = below.value;
      parts.set(pair.name, below.spot);
    }
    return { value, spot: { node, nameAt, at, parts } };
  }

  #isFree(pair: Pair, parts: ReadonlyMap<string | number, Spot>, path: Path): boolean {
    // Assigned to an object, this name would change what the object is.
    if (pair.name === '__proto__') {
      this.#refuse('ERR_POLICY_NAME', path, '"__proto__" cannot be a name', pair.at);
      return false;
    }
    if (!parts.has(pair.name)) return true;
    this.#refuse('ERR_POLICY_DUPLICATE', [...path, pair.name], 'is written twice; keep one', pair.at);
    return false;
  }

  #list(node: Node & { items: readonly unknown[] }, path: Path, nameAt: number, at: number): Read {
    const value: Plain[] = [];
    const parts = new Map<string | number, Spot>();
    for (const [i, item] of node.items.entries()) {
      // Items of a parsed sequence are nodes; the library's type also allows what a program may put there.
      const below = this.read(item as Node | null, [...path, i], (item as Node | null)?.range?.[0] ?? at);
      value.push(below.value);
      parts.set(i, below.spot);
    }
    return { value, spot: { node, nameAt, at, parts } };
  }
}

interface Pair {
  readonly name: string;
  readonly at: number;
  readonly value: Node | null;
}

/** `stringKeys` made every key a scalar with text; the library's types do not know. */
function pairOf(item: unknown): Pair | undefined {
  const pair = item as { readonly key: unknown; readonly value: Node | null };
  if (!isScalar(pair.key) || typeof pair.key.value !== 'string') return undefined;
  return { name: pair.key.value, at: pair.key.range?.[0] ?? 0, value: pair.value };
}

function plainScalar(value: unknown): Plain {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function leaf(value: Plain, node: Node | null, nameAt: number, at: number): Read {
  return { value, spot: { node, nameAt, at, parts: new Map() } };
}

/** The offset of what a path names, or of the name of the nearest thing around it. */
function offsetOf(root: Spot, text: string, path: Path, at: number, onName: boolean): number {
  let spot = root;
  for (const step of path) {
    const next = spot.parts.get(step);
    if (next === undefined) return spot === root ? spot.at : spot.nameAt;
    spot = next;
  }
  if (onName) return spot.nameAt;
  return at > 0 && isScalar(spot.node) ? offsetIn(spot.node, text, at) : spot.at;
}
