import type { Place } from '../records/key.ts';

/** Records that are remembered as they were last seen, and how large one may be. */
const MAX_KNOWN = 4096;
const MAX_BYTES = 4096;

/** Records as they were last seen: if nobody else has written since, one round trip is enough. */
export class Known {
  readonly #values: Map<string, Buffer | undefined> = new Map();

  /** All of them, in order; undefined unless every one is known. */
  of(places: readonly Place[]): readonly (Buffer | undefined)[] | undefined {
    return places.every(({ name }) => this.#values.has(name))
      ? places.map(({ name }) => this.#values.get(name))
      : undefined;
  }

  see({ name }: Place, value: Buffer | undefined): void {
    this.#values.delete(name);
    if (value !== undefined && value.length > MAX_BYTES) return;
    this.#values.set(name, value);
    if (this.#values.size > MAX_KNOWN) this.#values.delete(this.#values.keys().next().value!); // It is not empty.
  }

  forget({ name }: Place): void {
    this.#values.delete(name);
  }
}
