import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { CompiledPolicy } from 'headgate/http';
import { parsePolicy, type ParseOptions } from 'headgate/policy';
import { Failure, systemReason } from './failure.ts';

export type Policy = CompiledPolicy;

/** Bytes of a policy file; a larger file is some other file. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads and compiles a policy file.
 * @throws Failure with exit code 1 when the file cannot be read; PolicyError when its text is no sound policy
 */
export function readPolicy(file: string): Policy {
  return parsePolicy(readBytes(file), reading(file));
}

/** What a policy is called in errors, and where the files stand that it names: beside it. */
export function reading(file: string): ParseOptions {
  return { file, readFile: (name) => readAtMost(resolve(dirname(file), name), MAX_BYTES) };
}

/** @throws Failure with exit code 1 */
export function readBytes(file: string): Uint8Array {
  try {
    return readAtMost(file, MAX_BYTES);
  } catch (error) {
    throw new Failure(1, `cannot read ${file}: ${systemReason(error)}`);
  }
}

/** Reads by what there is, not by what is said of it: a pipe has no size, and a device no end. */
function readAtMost(file: string, most: number): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = new Uint8Array(most + 1);
    let read = 0;
    for (let got = -1; got !== 0 && read < bytes.length; read += got)
      got = readSync(descriptor, bytes, read, bytes.length - read, null);
    if (read > most) throw new Error(`it has more than ${most} bytes, and no policy has so many`);
    return bytes.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}
