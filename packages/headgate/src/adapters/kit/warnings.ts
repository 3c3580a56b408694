import { ADAPTER_WARNINGS, type AdapterWarningCode } from './faults.ts';

/** Something that is wrong with how Headgate is mounted. */
export interface Warning {
  readonly code: AdapterWarningCode;
  /** What is wrong, in a sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

/** Tells of each thing once. `detail`: what it was about this time. */
export type Warn = (code: AdapterWarningCode, detail?: string) => void;

export function warnOnce(onWarning: (warning: Warning) => void = toProcess): Warn {
  const told = new Set<AdapterWarningCode>();
  return (code, detail) => {
    if (told.has(code)) return;
    told.add(code);
    const { is, advice } = ADAPTER_WARNINGS[code];
    onWarning({ code, message: detail === undefined ? `${is}.` : `${is} (${detail}).`, advice });
  };
}

/** What was thrown, in a line; it may be anything, and then cannot be asked for its text. */
export function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? String(thrown) : typeof thrown;
}

/** Node and Bun have a place for warnings; elsewhere there is the console. */
function toProcess({ code, message, advice }: Warning): void {
  const { process } = globalThis as { process?: { emitWarning?: typeof globalThis.process.emitWarning } };
  if (process?.emitWarning !== undefined)
    process.emitWarning(message, { type: 'HeadgateWarning', code, detail: advice });
  else console.warn(`${code}: ${message} ${advice}`);
}
