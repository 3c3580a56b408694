import { HeadgateError } from '../../core/index.ts';

/** What went wrong with the file, with the code that SQLite or the system gives it, and its own error as the cause. */
export function storeFault(code: string, file: string, rule: string, error: unknown): HeadgateError {
  const fault = new HeadgateError(code, `${file}: expected ${rule}, got ${reasonOf(error)}`);
  fault.cause = error;
  return fault;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  return code === '' || error.message.startsWith(code) ? error.message : `${code}: ${error.message}`;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
