import type { Path } from '../problem.ts';
import type { Refuse } from './yaml.ts';
import { HALF, MAX_DEPTH, MAX_VALUES, NOWHERE, valueAt, type Plain, type Source } from './source.ts';

/** Copies a policy that a program holds as an object; what is not plain data is refused. */
export function readObject(value: unknown, file: string | undefined, refuse: Refuse): Source {
  const plain = new Copier(refuse).copy(value, []);
  return { file, value: plain, valueAt: (path) => valueAt(plain, path), place: () => NOWHERE };
}

class Copier {
  readonly #refuse: Refuse;
  #values = 0;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  copy(value: unknown, path: Path): Plain {
    if (this.#isTooMuch(path)) return null;
    if (typeof value === 'string' && !value.isWellFormed()) {
      this.#refuse('ERR_POLICY_ENCODING', path, HALF, 0);
      return null;
    }
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return value;
    if (Array.isArray(value)) return value.map((item, i) => this.copy(item, [...path, i]));
    if (isPlainObject(value)) return this.#map(value, path);
    this.#refuse('ERR_POLICY_TYPE', path, `expected plain data, got ${typeof value}`, 0);
    return null;
  }

  /** A circle in the data ends here too: it is deeper than anything may be. */
  #isTooMuch(path: Path): boolean {
    this.#values++;
    if (path.length > MAX_DEPTH) this.#refuse('ERR_POLICY_DEPTH', [], `values may be nested ${MAX_DEPTH} deep`, 0);
    if (this.#values === MAX_VALUES + 1)
      this.#refuse('ERR_POLICY_SIZE', [], `a policy may hold ${MAX_VALUES} values`, 0);
    return path.length > MAX_DEPTH || this.#values > MAX_VALUES;
  }

  #map(value: Readonly<Record<string, unknown>>, path: Path): Plain {
    const copy: Record<string, Plain> = {};
    for (const [name, item] of Object.entries(value)) {
      if (name === '__proto__') this.#refuse('ERR_POLICY_NAME', path, '"__proto__" cannot be a name', 0);
      // A word that is there but undefined is a word left out: `burst: options.burst`.
      else if (item !== undefined) copy[name] = this.copy(item, [...path, name]);
    }
    return copy;
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
