import type { RouteSpec } from '../kit/index.ts';

/** Where decorators write what a handler, or a class of handlers, adds. */
export const LIMITS = 'headgate:limits';
/** Where they write that a handler is not limited at all. */
export const SKIPS = 'headgate:skips';
/** Where Nest writes that a class is a web socket gateway, and which guards stand before a class or a method. */
export const GATEWAY = 'websockets:is_gateway';
export const GUARDS = '__guards__';

/** What Nest's decorators keep their notes in; `reflect-metadata` brings it, which every app of Nest's loads. */
interface Metadata {
  getMetadata(key: string, target: object): unknown;
}

export function noted(key: string, target: object): unknown {
  return (Reflect as unknown as Metadata).getMetadata(key, target); // as reflect-metadata makes it
}

/** What the class adds, then what the method does. */
export function routesOn(method: object, owner: object): readonly RouteSpec[] {
  return [...limitsOn(owner), ...limitsOn(method)];
}

/** What stands on one of them, and on the classes that a class is made of. */
export function limitsOn(target: object): readonly RouteSpec[] {
  return (noted(LIMITS, target) ?? []) as readonly RouteSpec[]; // as Limit wrote them
}

/** The method decides, and where it says nothing the class. */
export function skips(method: object, owner: object): boolean {
  return (noted(SKIPS, method) ?? noted(SKIPS, owner)) === true;
}
