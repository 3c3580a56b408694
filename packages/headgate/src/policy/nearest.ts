/** Words further apart than this are not taken for one another. */
const MAX_DISTANCE = 2;
/** Longer words are not compared: nobody misspells a paragraph. */
const MAX_LENGTH = 64;
/** Beyond this many, a list is not looked through for what somebody may have meant. */
const MAX_KNOWN = 500;

/** ` (did you mean "account"?)`, or nothing when no known word is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = nearest(word, known);
  return found === undefined ? '' : ` (did you mean "${found}"?)`;
}

/** The known word that is the fewest edits away; undefined when all are more than two, or as many as the word has letters. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(MAX_DISTANCE, word.length - 1) + 1;
  if (word.length > MAX_LENGTH) return undefined;
  let looked = 0;
  for (const candidate of known) {
    if (looked++ >= MAX_KNOWN) break;
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Damerau-Levenshtein (optimal string alignment): insert, delete, replace, or swap two neighbours. */
export function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell(a, b, i, j, before, last, row));
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

function cell(a: string, b: string, i: number, j: number, before: number[], last: number[], row: number[]): number {
  const same = a[i - 1] === b[j - 1] ? 0 : 1;
  const edited = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(edited, (before[j - 2] ?? 0) + 1) : edited;
}
