import type { Scalar } from 'yaml';

/**
 * Where in the file the character stands that is number `at` of a scalar's text. A quoted or folded text
 * is written otherwise than it reads, so both are walked side by side.
 */
export function offsetIn(node: Scalar, text: string, at: number): number {
  const [from, to] = node.range ?? [0, 0];
  const written = text.slice(from, to);
  const read = String(node.value);
  if (node.type === 'QUOTE_DOUBLE') return from + 1 + walkDouble(written.slice(1), at);
  if (written === read) return from + at;
  return from + walk(written, read, at);
}

const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Double quotes: an escape is several characters for one. */
function walkDouble(written: string, at: number): number {
  let here = 0;
  for (let seen = 0; seen < at && here < written.length; seen++) {
    here += written[here] === '\\' ? 2 + (HEX_ESCAPES[written[here + 1] ?? ''] ?? 0) : 1;
  }
  return here;
}

/** Everything else only leaves characters out: quotes, indentation, folded line ends. */
function walk(written: string, read: string, at: number): number {
  let here = 0;
  for (let seen = 0; ; seen++) {
    const wanted = read[seen];
    const isFold = wanted === ' ' || wanted === '\n';
    while (here < written.length && !isSame(written[here], wanted, isFold)) here++;
    if (seen >= at || here >= written.length) return Math.min(here, written.length);
    here++;
  }
}

function isSame(written: string | undefined, wanted: string | undefined, isFold: boolean): boolean {
  return written === wanted || (isFold && written === '\n');
}
