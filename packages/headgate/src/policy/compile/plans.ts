import { readsOf, type CompiledPolicy, type Expr, type Literal } from '../../profile/index.ts';
import { nameProblem } from '../read/names.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';

type Attributes = Readonly<Record<string, Literal>>;

/** Compiles `plans`, from least to most. */
export function compilePlans(context: Context, plans: PolicyInput['plans']): CompiledPolicy['plans'] {
  if (plans === undefined) return [];
  const entries: [string, Attributes][] = Array.isArray(plans)
    ? plans.map((name: string) => [name, {}])
    : Object.entries(plans as Readonly<Record<string, Attributes>>);
  for (const [plan, attributes] of entries) checkAttributes(context, plan, attributes);
  return entries.map(([name, attributes]) => ({ name, attributes }));
}

function checkAttributes(context: Context, plan: string, attributes: Attributes): void {
  for (const name of Object.keys(attributes)) {
    const wrong = nameProblem(name, 'name');
    const details = { value: null, onName: true };
    if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', ['plans', plan, name], wrong, details);
  }
}

/** Compiles `derive`: attributes that are computed, each from those before it. What a source tells is not computed over. */
export function compileDerive(context: Context, derive: PolicyInput['derive']): readonly (readonly [string, Expr])[] {
  const names = Object.keys(derive ?? {});
  return Object.entries(derive ?? {}).map(([name, text], i) => {
    const path = ['derive', name];
    if (context.names.auth.includes(name)) {
      const rule = `"${name}" is what the source of this name tells; call it otherwise`;
      context.problems.error('ERR_POLICY_NAME', path, rule, { value: null, onName: true });
    }
    const expr = context.expression(text, path);
    const unready = names.slice(i).find((later) => readsOf(expr).includes(`subject.${later}`));
    if (unready !== undefined) {
      const rule = unready === name ? 'is computed from itself' : `is computed from "${unready}", which comes after it`;
      context.problems.error('ERR_POLICY_CYCLE', path, rule);
    }
    return [name, expr] as const;
  });
}
