/** What the fields of one part say (RFC 7578 4). */
export interface Part {
  /** Whether it is a file by its fields, whatever is in it. */
  readonly isFile: boolean;
  /** Whether it has the name of one: a form's empty choice of a file has none. */
  readonly isNamed: boolean;
  readonly type: string;
  /** All the names that readers may take for its own. */
  readonly names: readonly string[];
}

/** Fields of one part. */
const MAX_FIELDS = 32;
const FIELD = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\r\n\0]*)$/;
const FILENAME = /[;\s]filename(?:\*\d*\*?)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/gi;
/** Types of which a part without a file's name is a form's field, as every reader takes it. */
const FIELD_TYPE = /^\s*(?:text\/plain|application\/json)?\s*(?:;|$)/i;

/** Reads the fields of one part; a text says what is wrong with them. */
export function readPart(head: string): Part | string {
  const fields = new Map<string, string>();
  const lines = head === '' ? [] : head.split('\r\n');
  if (lines.length > MAX_FIELDS) return `a part has more than ${MAX_FIELDS} fields`;
  for (const line of lines) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    if (name === undefined) return 'a part has a field that cannot be read';
    if (fields.has(name.toLowerCase())) return `a part has the field ${name} twice`;
    fields.set(name.toLowerCase(), value);
  }
  return partOf(fields);
}

function partOf(fields: ReadonlyMap<string, string>): Part | string {
  const type = fields.get('content-type') ?? '';
  // RFC 7578 4.3 deprecates files in a part of their own, and most readers take it for one file.
  if (/^\s*multipart\//i.test(type)) return 'a part is multipart itself';
  // RFC 7578 4.7 deprecates it, and what it comes to would be another length.
  if (!/^\s*(?:7bit|8bit|binary)?\s*$/i.test(fields.get('content-transfer-encoding') ?? ''))
    return 'a part has a Content-Transfer-Encoding';
  const names = namesIn(fields.get('content-disposition') ?? '');
  return {
    isFile: names.length > 0 || !FIELD_TYPE.test(type),
    isNamed: names.some((name) => name !== ''),
    type,
    names,
  };
}

/** What anybody may take for the file's name: `filename` and `filename*` (RFC 6266 4.3), wherever they stand. */
function namesIn(disposition: string): readonly string[] {
  return [...disposition.matchAll(FILENAME)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
