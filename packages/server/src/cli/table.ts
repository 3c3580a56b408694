/** Rows under headings, each column as wide as its widest cell; figures, which begin with a digit, stand to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(width(heading), ...rows.map((row) => width(row[i] ?? ''))));
  const right = headings.map((_, i) => rows.length > 0 && rows.every((row) => /^[\d—]/.test(row[i] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => padded(cell, widths[i] ?? 0, right[i] ?? false))
      .join('  ')
      .trimEnd();
  const rule = widths.map((each) => '─'.repeat(each)).join('  ');
  return [line(headings), rule, ...rows.map(line)].join('\n');
}

function padded(cell: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(cell)));
  return right ? space + cell : cell + space;
}

/** Characters as they are read, not UTF-16 units. */
function width(text: string): number {
  return Array.from(SEGMENTS.segment(text)).length;
}

const SEGMENTS = new Intl.Segmenter('en');
