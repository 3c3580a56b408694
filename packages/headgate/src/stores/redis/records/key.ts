import { HeadgateError, idOf, type Program, type Step } from '../../../core/index.ts';
import type { Bytes } from '../port/client.ts';

/** No UTF-8 has this byte: what follows it is UTF-16. */
const UTF16 = 0xff;
/** Homes are spread over so many hash tags, which the cluster spreads over its 16,384 slots. A power of two. */
const HOMES = 2 ** 20;
/** The last digit. */
const NINE = 0x39;
/** A part of a key that is followed by another: it says how long it is. */
const FIRST_PART = /^(\d+):/;

/** One record's place in Redis. */
export interface Place {
  /** Tells records apart within this process. */
  readonly name: string;
  readonly key: Bytes;
  /** Its hash tag: places that have the same one are on one shard. */
  readonly home: string;
}

/**
 * Where a record stands. The hash tag is a number made of the key's first part, the principal, so that records of one
 * principal share a slot, and so that nothing that anybody calls himself can end the tag early.
 */
function placeOf(prefix: string, shape: number, key: string): Place {
  const home = homeOf(firstPart(key));
  const before = `${prefix}{${home}}${shape.toString(36)}:`;
  const name = before + key;
  return { name, key: key.isWellFormed() ? name : bytesOf(before, key), home };
}

/** Where a memo stands: no shape is written so. It has a home of its own, since whoever looks for it knows nothing but its name. */
export function memoPlaceOf(prefix: string, name: string): Omit<Place, 'name'> {
  const home = homeOf(name);
  const before = `${prefix}{${home}}@`;
  return { key: name.isWellFormed() ? before + name : bytesOf(before, name), home };
}

function homeOf(text: string): string {
  return (idOf(text) % HOMES).toString(36);
}

/** @throws HeadgateError `ERR_KEY` */
export function placesOf(prefix: string, { records }: Program, { keys }: Step): Place[] {
  const places: Place[] = [];
  for (let r = 0; r < records.length; r++) {
    const key: unknown = keys[r];
    if (typeof key !== 'string') throw new HeadgateError('ERR_KEY', `keys[${r}]: expected text, got ${typeof key}`);
    places.push(placeOf(prefix, records[r]!.id, key));
  }
  return places;
}

function firstPart(key: string): string {
  // Most keys are one part, and begin with no digit.
  if (!(key.charCodeAt(0) <= NINE)) return key;
  const length = FIRST_PART.exec(key);
  return length === null ? key : key.slice(length[0].length, length[0].length + Number(length[1]));
}

/** Lone surrogates too, and no two texts the same bytes. */
function bytesOf(before: string, key: string): Buffer {
  return Buffer.concat([Buffer.from(before), Buffer.of(UTF16), Buffer.from(key, 'utf16le')]);
}
