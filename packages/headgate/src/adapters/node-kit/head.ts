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

/**
 * The whole head as one list, where a framework gives it at once and nothing was set before: Node writes that as it is. Undefined where
 * fields of one name meet, which is for the longer way.
 */
export function wholeHead(
  response: ServerResponse,
  visit: Visit,
  status: number,
  given: Given,
): OutgoingHttpHeader[] | undefined {
  if (given === undefined || Array.isArray(given) || response.getHeaderNames().length > 0) return undefined;
  const fields = given as OutgoingHttpHeaders; // what is no list
  const head: OutgoingHttpHeader[] = visit.settle(status, visit.exposes ? listed(fields) : undefined);
  const ours = head.length;
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined || visit.owns(name)) continue;
    if (stands(head, ours, name)) return undefined;
    head.push(name, value);
  }
  return head;
}

/** Whether a field of this name is among so many entries. Most names differ in length, which is seen at once. */
function stands(head: readonly OutgoingHttpHeader[], entries: number, name: string): boolean {
  for (let i = 0; i < entries; i += 2) {
    const other = head[i];
    if (typeof other === 'string' && other.length === name.length && other.toLowerCase() === name.toLowerCase())
      return true;
  }
  return false;
}

/** Takes out what is a gate's to write, and writes what it says of a response with this status. */
export function settle(response: ServerResponse, visit: Visit, status: number): void {
  for (const name of response.getHeaderNames()) if (visit.owns(name)) response.removeHeader(name);
  const fields = visit.settle(status, visit.exposes ? fieldsOf(response) : undefined);
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? '';
    const value = fields[i + 1] ?? '';
    // What is owned is not there any more; only a field that is written twice is added to.
    const isFirst = visit.owns(name) && fields.indexOf(name) === i;
    if (isFirst || !response.hasHeader(name)) response.setHeader(name, value);
    else response.appendHeader(name, value);
  }
}

export function fieldsOf(response: ServerResponse): Fields {
  return listed(response.getHeaders());
}

function listed(head: OutgoingHttpHeaders): Fields {
  return Object.entries(head).flatMap(([name, value]) =>
    [value].flat().flatMap((each) => (each === undefined ? [] : [name, String(each)])),
  );
}
