import { readFileSync } from 'node:fs';
import type { SettlePlace } from '../gateway/beside.ts';
import { readTokens } from '../settle/tokens.ts';
import type { Args } from './args.ts';
import { Failure, systemReason, wrongUsage } from './failure.ts';
import { readPlace } from './options.ts';

/** Where `--settle` listens, and who may speak there; undefined when nobody may. */
export function readSettle(args: Args): SettlePlace | undefined {
  const file = settleTokenFile(args);
  const place = args.option('settle');
  if (file === undefined || place === undefined) return undefined;
  return { ...readPlace('settle', place), tokens: readTokenFile(file) };
}

/** The file of `--settle-token-file`; undefined when nobody settles. */
export function settleTokenFile(args: Args): string | undefined {
  const [place, file] = [args.option('settle'), args.option('settle-token-file')];
  if ((place === undefined) !== (file === undefined)) throw wrongUsage('--settle and --settle-token-file go together');
  return file;
}

/** @throws Failure that says what is wrong with the file, and tells no token */
export function readTokenFile(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(1, `--settle-token-file: cannot read ${file}: ${systemReason(error)}`);
  }
  try {
    return readTokens(text);
  } catch (error) {
    throw new Failure(1, `--settle-token-file: ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
