/** What stands at a JSON pointer (RFC 6901) without escapes; undefined where nothing does. */
export function lookUp(json: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    json,
  );
}
