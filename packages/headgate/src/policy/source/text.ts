import { MAX_BYTES } from './source.ts';
import type { Refuse } from './yaml.ts';

/**
 * The text of a file, without its byte order mark; undefined when it is refused. Offsets given to `refuse`
 * are of the text without the mark.
 */
export function decode(input: string | Uint8Array, refuse: Refuse): string | undefined {
  const bytes = typeof input === 'string' ? byteLength(input) : input.byteLength;
  if (bytes > MAX_BYTES) {
    refuse('ERR_POLICY_SIZE', [], `a policy may have ${MAX_BYTES} bytes, this one has ${bytes}`, 0);
    return undefined;
  }
  const text = typeof input === 'string' ? wellFormed(input) : utf8(input);
  if (text === undefined) {
    refuse('ERR_POLICY_ENCODING', [], 'expected UTF-8; save the file as UTF-8', 0);
    return undefined;
  }
  return visible(text.startsWith('\ufeff') ? text.slice(1) : text, refuse);
}

/** A text this long in UTF-16 is as long in UTF-8 at least, and need not be written out to be refused. */
function byteLength(text: string): number {
  return text.length > MAX_BYTES ? text.length : new TextEncoder().encode(text).byteLength;
}

function wellFormed(text: string): string | undefined {
  return text.isWellFormed() ? text : undefined;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** YAML 1.2, 5.1: control characters are not part of a text; a second byte order mark is a pasted file. */
// eslint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]/u;

function visible(text: string, refuse: Refuse): string | undefined {
  const at = text.search(INVISIBLE);
  if (at === -1) return text;
  const code = text.charCodeAt(at).toString(16).padStart(4, '0');
  refuse('ERR_POLICY_ENCODING', [], `remove the invisible character U+${code.toUpperCase()}`, at);
  return undefined;
}
