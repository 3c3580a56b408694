/** Why a body says nothing that can be carried out: told to whoever sent it. */
export class BadBody extends Error {}

/** @throws BadBody */
export function parse(text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadBody(`the body: expected JSON such as ${example}`);
  }
}

/** @throws BadBody */
export function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new BadBody(`${what}: expected an object, got ${shown(value)}`);
}

/** @throws BadBody for a member that nobody reads */
export function refuseOthers(others: Readonly<Record<string, unknown>>, rule: string): void {
  const [other] = Object.keys(others);
  if (other !== undefined) throw new BadBody(`"${other}": expected nothing but ${rule}`);
}

export function shown(value: unknown): string {
  return value === undefined || typeof value === 'number' ? String(value) : JSON.stringify(value).slice(0, 40);
}
