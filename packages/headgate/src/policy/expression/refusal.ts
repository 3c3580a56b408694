import { nearest } from '../nearest.ts';

/** Why an expression cannot be taken, and where in its text. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** What is known only once the request was answered, and so in few places. */
const AFTERWARDS: ReadonlySet<string> = new Set(['response', 'reserved']);

/** CEL's own names that this evaluator leaves out, with what to write instead. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['matches', 'regular expressions can be made to run for minutes; use startsWith, endsWith, contains or split'],
  ['timestamp', 'write an instant as text, "2026-01-31T12:00:00Z", where days() wants one'],
  ['duration', 'write a span in ms'],
  ['uint', 'use int()'],
  ['bytes', 'use text'],
  ['type', 'compare with a value instead'],
]);

/** Attributes that every subject has: only the others go by their bare names. */
const ALWAYS: ReadonlySet<string> = new Set(['auth', 'address']);

export function refuseUnknown(what: string, name: string, known: Iterable<string>, at: number): never {
  const names = [...known];
  if (ALWAYS.has(name)) throw new Refusal(`"${name}" is an attribute of the subject: write subject.${name}`, at);
  if (name === 'reported')
    throw new Refusal('reported is known only in what callers are told: it may stand in `respond`', at);
  if (AFTERWARDS.has(name))
    throw new Refusal(
      `${name} is known only once the request was answered: it may stand in cost.actual, count and hold`,
      at,
    );
  if (name === 'file')
    throw new Refusal('file is known only while a body passes: it may stand in the "of" and the "when" of a size', at);
  const instead = INSTEAD.get(name);
  if (instead !== undefined) throw new Refusal(`${name}() is not offered: ${instead}`, at);
  refuse(what, name, names, at);
}

function refuse(what: string, name: string, known: readonly string[], at: number): never {
  const near = nearest(name, known);
  const rest = near === undefined ? `there are ${known.join(', ')}` : `did you mean "${near}"?`;
  throw new Refusal(`there is no ${what} "${name}"; ${rest}`, at);
}

/** A field has no other meaning: `host` here is not the function of that name. */
export function refuseField(of: string, name: string, known: readonly string[], at: number): never {
  refuse(`field of ${of}`, name, known, at);
}
