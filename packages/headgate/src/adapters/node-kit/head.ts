import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Fields, Visit } from '../kit/index.ts';

/** Fields as `writeHead` takes them: a map, a flat list, or none. */
type Given = OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | undefined;

/** Sets the fields that a call of `writeHead` gives, as that call would. */
export function setFields(response: ServerResponse, given: Given): void {
  if (given === undefined) return;
  const pairs = Array.isArray(given) ? flat(given as readonly OutgoingHttpHeader[]) : Object.entries(given);
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) {
    if (value === undefined) continue;
    response.appendHeader(name, typeof value === 'number' ? String(value) : value);
  }
}

/** Node takes a flat list, and one of pairs. */
function flat(given: readonly OutgoingHttpHeader[]): readonly (readonly [string, OutgoingHttpHeader])[] {
  if (Array.isArray(given[0])) return given as unknown as readonly (readonly [string, OutgoingHttpHeader])[]; // pairs, then
  return Array.from({ length: given.length >> 1 }, (_, i) => [String(given[2 * i]), given[2 * i + 1] ?? ''] as const);
}

/** Takes out what is a gate's to write, and writes what it says of a response with this status. */
export function settle(response: ServerResponse, visit: Visit, status: number): void {
  for (const name of response.getHeaderNames()) if (visit.owns(name)) response.removeHeader(name);
  const fields = visit.settle(status, () => fieldsOf(response));
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    if (response.hasHeader(name)) response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}

export function fieldsOf(response: ServerResponse): Fields {
  return Object.entries(response.getHeaders()).flatMap(([name, value]) =>
    [value].flat().flatMap((each) => (each === undefined ? [] : [name, String(each)])),
  );
}
