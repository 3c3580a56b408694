import { METHODS } from 'node:http';
import type { Fields } from 'headgate/http';
import { allOf, type Refusal } from '../exchange.ts';
import { bad, expectationRefusal, hostRefusal } from '../http1/refusal.ts';

/** Those of HTTP/1. Any other, of small letters say, could be a second name for one of them at the API. */
const KNOWN: ReadonlySet<string> = new Set(METHODS);

/** A request's head as HTTP/1 would write it: what comes after this does not know which version it was. */
export interface Head {
  readonly method: string;
  readonly target: string;
  readonly names: readonly string[];
  readonly fields: Fields;
  readonly refusal: Refusal | undefined;
}

/** Reads the fields of a stream (RFC 9113 8.3.1): `:authority` becomes `Host`, cookies that were sent apart become one. */
export function readHead(raw: Fields, maxFields: number): Head {
  const pseudo = new Map<string, string>();
  const names: string[] = [];
  const fields: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name, value] = [raw[i] ?? '', raw[i + 1] ?? ''];
    if (name.startsWith(':')) pseudo.set(name, value);
    else add(names, fields, name, value);
  }
  const authority = pseudo.get(':authority');
  if (authority !== undefined && !allOf(names, fields, 'host').includes(authority))
    add(names, fields, 'host', authority);
  const method = pseudo.get(':method') ?? '';
  const refusal = pseudoRefusal(method, pseudo.get(':scheme')) ?? refusalOf(names, fields, maxFields);
  return { method, target: pseudo.get(':path') ?? '', names, fields, refusal };
}

/** RFC 9113 8.2.3: pieces of a cookie are put together again before they leave HTTP/2. */
function add(names: string[], fields: string[], name: string, value: string): void {
  const before = name === 'cookie' ? names.indexOf(name) : -1;
  if (before >= 0) fields[2 * before + 1] += `; ${value}`;
  else {
    names.push(name);
    fields.push(name, value);
  }
}

function pseudoRefusal(method: string, scheme: string | undefined): Refusal | undefined {
  if (method === 'CONNECT') return { status: 501, detail: 'This gateway does not open tunnels.' };
  if (!KNOWN.has(method)) return bad('The method is not known here.');
  // RFC 9113 8.3.1: only of these two is it certain that the path is one.
  return scheme === 'http' || scheme === 'https' ? undefined : bad('The scheme is neither http nor https.');
}

function refusalOf(names: readonly string[], fields: Fields, maxFields: number): Refusal | undefined {
  if (names.length > maxFields) return { status: 431, detail: `A request has at most ${maxFields} header fields.` };
  return hostRefusal(allOf(names, fields, 'host')) ?? expectationRefusal(allOf(names, fields, 'expect'));
}
