import type { CompiledPolicy, Literal } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readCsv } from '../read/csv.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';

/** Reads the text of a file that a policy names, as it is named there. What it throws is told as the reason. */
export type ReadFile = (name: string) => string | Uint8Array;

/** Bytes of one file. */
const MAX_BYTES = 1024 * 1024;

type Rows = Readonly<Record<string, Literal>>;

/** Tables are written as they are looked up, or stand in files. */
export function compileTables(
  context: Context,
  given: NonNullable<PolicyInput['tables']>,
  readFile: ReadFile | undefined,
): CompiledPolicy['tables'] {
  return Object.fromEntries(
    Object.entries(given).map(([name, rows]) => {
      const { file } = rows;
      const isFile = Object.keys(rows).join() === 'file' && typeof file === 'string';
      return [name, isFile ? rowsIn(context, file, readFile, ['tables', name, 'file']) : rows];
    }),
  );
}

function rowsIn(context: Context, file: string, readFile: ReadFile | undefined, path: Path): Rows {
  const say = (rule: string): Rows => {
    context.problems.error('ERR_POLICY_FILE', path, rule);
    return {};
  };
  if (readFile === undefined) return say('nobody reads files here: pass readFile, or use the headgate command');
  const text = textOf(file, readFile);
  if (typeof text !== 'string') return say(`cannot be read: ${text.why}`);
  const read = readCsv(text);
  return 'rows' in read ? read.rows : say(`line ${read.line} of the file: ${read.rule}`);
}

function textOf(file: string, readFile: ReadFile): string | { readonly why: string } {
  try {
    const read = readFile(file);
    if (read.length > MAX_BYTES) return { why: `it has more than ${MAX_BYTES} bytes` };
    return typeof read === 'string' ? read : new TextDecoder('utf-8', { fatal: true }).decode(read);
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
