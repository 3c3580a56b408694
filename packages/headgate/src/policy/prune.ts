import type { Path } from './problem.ts';
import { isList, isMap, stepInto, valueAt, type Plain } from './source/source.ts';

/** A value from which parts were left out, and the way back to where the rest stood. */
export interface Pruned {
  readonly value: Plain;
  /** Turns a path into the pruned value into one into the value it was made from. */
  readonly origin: (path: Path) => Path;
}

/** What to leave out below a value: all of it, or some of its parts. */
interface Cut {
  all: boolean;
  readonly parts: Map<string | number, Cut>;
}

/** A copy without what stands at these paths, made in one pass: a file may have a problem a line. */
export function prune(value: Plain, paths: readonly Path[]): Pruned {
  const root: Cut = { all: false, parts: new Map() };
  for (const path of paths) mark(root, targetOf(value, path));
  const moved: Moved = new Map();
  const pruned = copy(value, root, [], moved);
  return { value: pruned, origin: (path) => originOf(path, moved) };
}

/** A word that is missing takes what it is missing from with it, and so does the first word of a choice. */
function targetOf(value: Plain, path: Path): Path {
  const last = path.at(-1);
  const isChoice = last === 'by' || last === 'cases' || last === 'ramp' || (last === 'set' && path[0] !== 'operations');
  return path.length > 1 && (isChoice || valueAt(value, path) === undefined) ? path.slice(0, -1) : path;
}

function mark(root: Cut, path: Path): void {
  let here = root;
  for (const step of path) {
    let next = here.parts.get(step);
    if (next === undefined) here.parts.set(step, (next = { all: false, parts: new Map() }));
    here = next;
  }
  here.all = true;
}

function copy(value: Plain, cut: Cut, at: Path, moved: Moved): Plain {
  if (cut.parts.size === 0) return value;
  if (isList(value)) return copyList(value, cut, at, moved);
  if (!isMap(value)) return value;
  const rest: Record<string, Plain> = {};
  for (const [name, part] of Object.entries(value)) {
    const below = cut.parts.get(name);
    if (below?.all !== true) rest[name] = below === undefined ? part : copy(part, below, [...at, name], moved);
  }
  // A policy of another version is judged as one of this: most of it is the same.
  return at.length === 0 && cut.parts.get('headgate')?.all === true ? { ...rest, headgate: 1 } : rest;
}

function copyList(value: readonly Plain[], cut: Cut, at: Path, moved: Moved): Plain {
  const kept = [...value.keys()].filter((i) => cut.parts.get(i)?.all !== true);
  if (kept.length < value.length) moved.set(JSON.stringify(at), kept);
  return kept.map((was, is) => {
    const below = cut.parts.get(was);
    const part = stepInto(value, was) ?? null;
    return below === undefined ? part : copy(part, below, [...at, is], moved);
  });
}

/** Lists from which items were left out, by their path, with the positions the others had before. */
type Moved = Map<string, readonly number[]>;

function originOf(path: Path, moved: Moved): Path {
  if (moved.size === 0) return path;
  return path.map((step, i) =>
    typeof step === 'number' ? (moved.get(JSON.stringify(path.slice(0, i)))?.[step] ?? step) : step,
  );
}
