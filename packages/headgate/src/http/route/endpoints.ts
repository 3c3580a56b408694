import type { CompiledPolicy, Endpoint } from '../../profile/index.ts';
import type { Sha256 } from '../request.ts';
import { createClassifier } from './classify.ts';

/** Finds the endpoint a request is for, before any operation is looked for. */
export function createEndpoints(
  { endpoints, paths }: Pick<CompiledPolicy, 'endpoints' | 'paths'>,
  sha256: Sha256,
): (method: string, path: string) => Endpoint | undefined {
  // With nothing to choose from, a classifier takes every path for an operation of its own.
  if (endpoints.length === 0) return () => undefined;
  const routes = endpoints.map(({ name, routes: own }) => ({ name, routes: own, tags: [], set: [] }));
  const classify = createClassifier(routes, paths, sha256);
  return (method, path) => endpoints[classify(method, path, () => true)?.index ?? -1];
}
