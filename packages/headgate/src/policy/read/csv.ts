import type { Literal } from '../../profile/index.ts';

/** Rows of one table. */
const MAX_ROWS = 10_000;
/** Characters of a key or a value. */
const MAX_CELL = 1000;

export interface CsvProblem {
  /** From 1. */
  readonly line: number;
  readonly rule: string;
}

type Rows = Readonly<Record<string, Literal>>;

/**
 * Reads a table of two columns, key and value, from CSV (RFC 4180): a value that is a number or a truth value is one, everything else is
 * text. A first row `key,value` names the columns, and is none of the table.
 */
export function readCsv(text: string): { readonly rows: Rows } | CsvProblem {
  const rows: [string, Literal][] = [];
  const seen = new Set<string>();
  let line = 0;
  for (const written of text.replace(/^\ufeff/, '').split(/\r\n|\n/)) {
    line++;
    if (written === '' || (line === 1 && HEADING.test(written))) continue;
    const row = rowOf(written);
    const rule = typeof row === 'string' ? row : problemOf(row, seen, rows.length);
    if (typeof row === 'string' || rule !== undefined) return { line, rule: rule ?? '' };
    rows.push([row.key, row.value]);
    seen.add(row.key);
  }
  // fromEntries defines own properties, so that a key such as "__proto__" is only a key.
  return rows.length === 0 ? { line: 1, rule: 'has no rows' } : { rows: Object.fromEntries(rows) };
}

interface Row {
  readonly key: string;
  readonly value: Literal;
}

const HEADING = /^"?key"?,"?value"?$/i;
/** A cell in quotes, where two stand for one, or one without any. */
const CELLS = /^(?:"((?:[^"]|"")*)"|([^",]*)),(?:"((?:[^"]|"")*)"|([^",]*))$/;

function rowOf(written: string): Row | string {
  const [, quotedKey, key = '', quotedValue, value = ''] = CELLS.exec(written) ?? [];
  if (!CELLS.test(written)) return 'expected two columns, a key and a value; a comma or a quote stands in quotes';
  return {
    key: quotedKey?.replaceAll('""', '"') ?? key.trim(),
    value: quotedValue?.replaceAll('""', '"') ?? literalOf(value.trim()),
  };
}

function literalOf(text: string): Literal {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : text;
}

function problemOf({ key, value }: Row, seen: ReadonlySet<string>, rows: number): string | undefined {
  if (key === '') return 'has no key';
  if (seen.has(key)) return `the key "${key.slice(0, 64)}" stands in the table twice`;
  if (rows >= MAX_ROWS) return `a table has at most ${MAX_ROWS} rows`;
  const long = [key, String(value)].some((cell) => cell.length > MAX_CELL);
  return long ? `a key or a value has at most ${MAX_CELL} characters` : undefined;
}
