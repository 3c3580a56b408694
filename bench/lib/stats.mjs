/** Median and quartiles, interpolated; undefined of nothing. */
export function summary(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

export function median(values) {
  return summary(values)?.median ?? Number.NaN;
}

function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}

/** Three digits, and more only where the whole number has them. */
export function figure(value) {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

/** `2.1 (1.9–2.3)`: the median, and the quartiles about it where there are several. */
export function spread(values) {
  const all = summary(values);
  if (all === undefined) return '–';
  return values.length === 1 ? figure(all.median) : `${figure(all.median)} (${figure(all.low)}–${figure(all.high)})`;
}

/** A Markdown table, in columns. */
export function table(head, rows) {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function shuffled(values) {
  const left = [...values];
  return values.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0]);
}
