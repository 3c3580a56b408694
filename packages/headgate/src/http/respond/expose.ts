/** Fields that a browser shows to scripts without being told to (Fetch, CORS-safelisted response-header names). */
const ALWAYS_SHOWN: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'cache-control',
  'expires',
  'last-modified',
]);

/**
 * Lets scripts of other origins read what we write. It goes in a line of its own: browsers join it with the upstream's.
 */
export function exposeFields(fields: string[]): void {
  const names = new Set<string>();
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? '';
    if (!ALWAYS_SHOWN.has(name.toLowerCase())) names.add(name);
  }
  if (names.size > 0) fields.push('Access-Control-Expose-Headers', [...names].join(', '));
}
