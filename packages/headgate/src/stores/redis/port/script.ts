import { createHash } from 'node:crypto';
import type { Bytes, Port } from './client.ts';

/** A script, and the name that Redis knows it by. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script by its name; where Redis has lost it, or never had it, by its text, which it then keeps. */
export async function runScript(
  port: Port,
  { text, sha }: Script,
  keys: readonly Bytes[],
  args: readonly Bytes[],
): Promise<unknown> {
  try {
    return await port.run('EVALSHA', sha, keys, args);
  } catch (error) {
    // It has not run, so that nothing happens twice.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return port.run('EVAL', text, keys, args);
  }
}
