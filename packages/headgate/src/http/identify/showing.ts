/** A credential as it stands somewhere, or that it cannot be told which it is. */
export type Showing = string | typeof UNCLEAR;
export const UNCLEAR: unique symbol = Symbol('a credential that readers disagree on');

/** A space, a `+` that may be one, a `;` or a `,` that may be an end: each makes two credentials of one. */
const PLAIN = /^[\u0021-\u002b\u002d-\u003a\u003c-\u007e]*$/;

/**
 * What a query shows under a name, read as any server may: some take `;` for `&` (as HTML 4 advised), some ignore case, and some
 * take `.`, ` ` and `[` in a name for `_`. What only some of them would find is unclear.
 */
export function queried(search: string, name: string): readonly Showing[] {
  const wanted = likeness(name).toLowerCase();
  const found: Showing[] = [];
  for (const part of search.slice(1).split('&')) {
    const pairs = part.split(';');
    for (const [i, pair] of pairs.entries()) {
      const [key, value] = split(pair);
      const read = unescaped(key.replaceAll('+', ' ')) ?? key;
      if (likeness(read).toLowerCase() !== wanted) continue;
      found.push(i === 0 && pairs.length === 1 && read === name ? plain(value) : UNCLEAR);
    }
  }
  return found;
}

/** A `+` is a space to some and a plus to others: either way it was escaped by whoever means it. */
function plain(value: string): Showing {
  const read = value.includes('+') ? undefined : unescaped(value);
  return read !== undefined && PLAIN.test(read) ? read : UNCLEAR;
}

/**
 * What cookies show under a name (RFC 6265 5.4), unquoted and unescaped once, as most frameworks read them: `"a"`, `a` and `%61`
 * are one session. Browsers send two of one name for two paths; if they agree, they are one.
 */
export function cookies(fields: readonly string[], name: string): readonly Showing[] {
  const found = new Set<Showing>();
  for (const field of fields) {
    for (const part of field.split(';')) {
      const pairs = part.split(',');
      for (const [i, pair] of pairs.entries()) {
        const [key, value] = split(pair);
        const bare = key.trim();
        if (likeness(unescaped(bare) ?? bare) !== likeness(name)) continue;
        found.add(i === 0 && pairs.length === 1 && bare === name ? unquoted(value.trim()) : UNCLEAR);
      }
    }
  }
  return [...found];
}

function unquoted(value: string): Showing {
  const bare = /^"(.*)"$/s.exec(value)?.[1] ?? value;
  const read = unescaped(bare) ?? bare;
  return /^[\u0021-\u007e]*$/.test(read) ? read : UNCLEAR;
}

/** A name as the least particular server reads it. */
function likeness(name: string): string {
  return (name.trimStart().split('[', 1)[0] ?? '').replace(/[ .]/g, '_');
}

function split(pair: string): readonly [key: string, value: string] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

function unescaped(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
