/*
 * From a key to the number of its row: open addressing over 64 small tables, so that no single growth is
 * ever felt. Keys are stored whole by the owner of the rows and compared; a hash alone decides nothing.
 */

const SHARDS = 64;
const SHARD_BITS = 6;
const FIRST_SLOTS = 16;
/** Two numbers a slot: the key's hash, and its row + 1 (0: free). */
const SLOT = 2;

/** 32 random bits, passed in: without knowing them nobody can make keys that collide. */
export type Random32 = () => number;

interface Shard {
  slots: Int32Array;
  used: number;
}

export class KeyIndex {
  readonly #seed: number;
  readonly #factor: number;
  readonly #shards: Shard[] = [];
  readonly #keyAt: (row: number) => string | undefined;

  /** @param keyAt the key that a row is stored under. */
  constructor(random: Random32, keyAt: (row: number) => string | undefined) {
    this.#seed = random() | 0;
    this.#factor = random() | 1;
    this.#keyAt = keyAt;
    for (let i = 0; i < SHARDS; i++) this.#shards.push({ slots: new Int32Array(FIRST_SLOTS * SLOT), used: 0 });
  }

  /** A keyed hash of the whole key, 32 bits. */
  hash(key: string): number {
    const factor = this.#factor;
    let hash = this.#seed ^ key.length;
    const even = key.length & ~1;
    for (let i = 0; i < even; i += 2) {
      hash = Math.imul(hash ^ (key.charCodeAt(i) | (key.charCodeAt(i + 1) << 16)), factor);
      hash ^= hash >>> 15;
    }
    if (even < key.length) hash = Math.imul(hash ^ key.charCodeAt(even), factor);
    hash = Math.imul(hash ^ (hash >>> 16), factor);
    return hash ^ (hash >>> 13);
  }

  /** The key's row, or -1. */
  find(key: string, hash: number): number {
    const { slots } = this.#shards[hash & (SHARDS - 1)]!;
    const mask = slots.length - 1;
    for (let at = home(hash, mask); ; at = (at + SLOT) & mask) {
      const row = slots[at + 1]! - 1;
      if (row < 0) return -1;
      if (slots[at] === hash && this.#keyAt(row) === key) return row;
    }
  }

  /** Adds a key that is not there. */
  add(hash: number, row: number): void {
    const shard = this.#shards[hash & (SHARDS - 1)]!;
    if ((shard.used + 1) * SLOT * 4 > shard.slots.length * 3) grow(shard);
    place(shard.slots, hash, row + 1);
    shard.used++;
  }

  /** Removes a row that is there. What stood behind it moves up, so that no tombstone is ever needed. */
  remove(hash: number, row: number): void {
    const shard = this.#shards[hash & (SHARDS - 1)]!;
    const { slots } = shard;
    const mask = slots.length - 1;
    let free = home(hash, mask);
    while (slots[free + 1] !== row + 1) free = (free + SLOT) & mask;
    for (let at = (free + SLOT) & mask; slots[at + 1] !== 0; at = (at + SLOT) & mask) {
      const distance = (at - home(slots[at]!, mask)) & mask;
      if (distance < ((at - free) & mask)) continue;
      slots[free] = slots[at]!;
      slots[free + 1] = slots[at + 1]!;
      free = at;
    }
    slots[free + 1] = 0;
    shard.used--;
  }
}

function home(hash: number, mask: number): number {
  return ((hash >>> SHARD_BITS) * SLOT) & mask;
}

function place(slots: Int32Array, hash: number, entry: number): void {
  const mask = slots.length - 1;
  let at = home(hash, mask);
  while (slots[at + 1] !== 0) at = (at + SLOT) & mask;
  slots[at] = hash;
  slots[at + 1] = entry;
}

function grow(shard: Shard): void {
  const { slots } = shard;
  shard.slots = new Int32Array(slots.length * 2);
  for (let at = 0; at < slots.length; at += SLOT) {
    if (slots[at + 1] !== 0) place(shard.slots, slots[at]!, slots[at + 1]!);
  }
}
