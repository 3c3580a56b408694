/** Names that are remembered; callers may make up any number of them. */
const MAX_KNOWN = 512;

/** Asks once of each name: there are few of them. */
export function remembered(of: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = of(name);
    if (known.size < MAX_KNOWN) known.set(name, found);
    return found;
  };
}
