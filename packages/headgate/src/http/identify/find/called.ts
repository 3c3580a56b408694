import type { FoundAttribute } from '../../../profile/index.ts';
import { within, type Outside } from '../../outside.ts';
import type { Soon } from '../../soon.ts';
import { allAttributes, attributesFrom } from './attributes.ts';
import { fault, WRONG, whenHeld, type Attributes, type Find, type Found } from './found.ts';

/**
 * Looks a credential up for the gate: the subject's attributes (texts up to 1024 characters, numbers, truth values), or
 * undefined when nobody has it. What it throws is a fault: the request is answered with 503. It has 10 seconds.
 */
export type Finder = (credential: string) => Attributes | undefined | Promise<Attributes | undefined>;

/** Time a function may take, and calls of it that may be under way. */
const MAX_MS = 10_000;
const MAX_CALLS = 1000;

export interface CalledSource {
  readonly name: string;
  readonly finder: Finder;
  readonly attributes: readonly FoundAttribute[];
}

/** Looks credentials up by a function of the program around the gate. Its word is checked like anybody's. */
export function findByFunction({ name, finder, attributes }: CalledSource, { deadline }: Outside): Find {
  let calls = 0;

  function read(value: unknown): Found {
    if (value === undefined) return WRONG;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fault(`identify.${name}: the function returned neither attributes nor undefined`);
    const given = attributes.length === 0 ? allAttributes(value, name) : attributesFrom(attributes, value);
    return typeof given === 'string'
      ? fault(`identify.${name}: of what the function returned, ${given}`)
      : { is: 'found', attributes: given };
  }

  function ask(credential: string): Soon<Found> {
    if (calls >= MAX_CALLS) return fault(`identify.${name}: ${MAX_CALLS} calls are under way already`);
    const value = attempt(finder, credential);
    if (value instanceof Thrown) return fault(value.error);
    if (!(value instanceof Promise)) return read(value);
    calls++;
    return within<unknown>(value, deadline(MAX_MS))
      .then(read, fault)
      .finally(() => calls--);
  }

  return (credential, hold) => whenHeld(hold, () => ask(credential));
}

class Thrown {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** What a function returns, with any promise a real one, and what it throws at once told apart. */
function attempt(finder: Finder, credential: string): unknown {
  try {
    const value: unknown = finder(credential);
    return isThenable(value) ? Promise.resolve(value) : value;
  } catch (error) {
    return new Thrown(error);
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
