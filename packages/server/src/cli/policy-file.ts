import { readFileSync, statSync } from 'node:fs';
import type { CompiledPolicy } from 'headgate/http';
import { parsePolicy } from 'headgate/policy';
import { Failure, systemReason } from './failure.ts';

export type Policy = CompiledPolicy;

/** Bytes of a policy file; a larger file is some other file. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads and compiles a policy file.
 * @throws Failure with exit code 1 when the file cannot be read; PolicyError when its text is no sound policy
 */
export function readPolicy(file: string): Policy {
  return parsePolicy(readBytes(file), { file });
}

/** @throws Failure with exit code 1 */
export function readBytes(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, and a policy has at most ${MAX_BYTES}`);
    return readFileSync(file);
  } catch (error) {
    throw new Failure(1, `cannot read ${file}: ${systemReason(error)}`);
  }
}
