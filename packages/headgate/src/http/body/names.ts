/** Fewer digits stand for a number that a double keeps. */
const LONG = /\d{16}/;
const WHOLE = /^-?\d+$/;

/**
 * What a JSON text says where names are made of it (docs/decisions/0428): whole numbers of which a double keeps the size alone are the text of
 * their digits, as they stand in paths. Undefined where there are none, or nobody can tell: then the value itself is as good.
 */
export function namesIn(text: string): unknown {
  if (!LONG.test(text)) return undefined;
  let isMet = false;
  const spelled = (_name: string, value: unknown, context?: { readonly source?: string }): unknown => {
    const digits = isDrifting(value) ? context?.source : undefined;
    if (digits === undefined || !WHOLE.test(digits)) return value;
    isMet = true;
    return digits;
  };
  try {
    const value: unknown = JSON.parse(text, spelled);
    return isMet ? value : undefined;
  } catch {
    return undefined; // too deep for whoever revives it
  }
}

function isDrifting(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}
