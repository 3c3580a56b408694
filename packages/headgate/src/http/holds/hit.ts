import type { CompiledPolicy, OperationHit } from '../../profile/index.ts';

/** An operation by its name, where no request tells more of it. */
export function hitOf({ operations }: CompiledPolicy, name: string): OperationHit {
  return { index: operations.findIndex((operation) => operation.name === name), name, path: {} };
}
