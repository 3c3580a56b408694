import { evaluate, FAILED, Scope, type Ask, type CompiledPolicy, type Expr, type Literal, type OperationHit, type Value } from '../profile/index.ts';

/** Makes the scope of one request; `told` is what only an answer knows, such as `retryAfter`. */
export type ScopeOf = (ask: Ask, told?: Readonly<Record<string, unknown>>) => Scope;

const NOTHING: Readonly<Record<string, Literal>> = Object.freeze({});

/** Scopes for what the planner does not evaluate: `when` of operations and header blocks, and `{= … }` of templates. */
export function createScopes(policy: CompiledPolicy): ScopeOf {
  const plans = new Map(policy.plans.map((plan) => [plan.name, plan.attributes]));
  return (ask, told) => {
    const scope: Scope = new Scope({
      attributes: ask.subject,
      plan: plans.get(ask.subject.plan ?? '') ?? NOTHING,
      operation: (field) => operationField(policy, ask.operation, field, () => scope),
      roots: { request: ask.request, path: ask.operation.path, now: ask.nowMs, facts: ask.facts ?? NOTHING, ...told },
    });
    return scope;
  };
}

/** Whether an expression holds. One that fails does not: an operation or a block is chosen only by what is known. */
export function holds(expr: Expr, scope: Scope): boolean {
  return evaluate(expr, scope) === true;
}

function operationField(policy: CompiledPolicy, hit: OperationHit, field: string, scope: () => Scope): unknown {
  const operation = policy.operations[hit.index];
  if (field === 'name') return hit.name;
  if (field === 'group') return operation?.group;
  if (field === 'tags') return operation?.tags ?? [];
  const value = field === 'weight' ? operation?.weight : operation?.set.find(([name]) => name === field)?.[1];
  return value === undefined ? undefined : figure(value, scope());
}

function figure(value: Value, scope: Scope): unknown {
  if (value.is === 'literal') return value.value;
  return value.is === 'expr' ? evaluate(value.expr, scope) : FAILED;
}
