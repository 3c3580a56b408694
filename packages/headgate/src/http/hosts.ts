import { HeadgateError } from '../core/index.ts';
import type { CompiledPolicy, HostFunction } from '../profile/index.ts';

/** Longest that a function may take, in ms, where nothing else is said. */
export const HOST_MS = 100;
/** After being stopped so often, a function is not called any more: each time cost everybody that long. */
const MAX_STOPS = 3;

/** Told of a function that threw, was stopped, or returned what is worth nothing. No argument is in it. */
export type OnHostFault = (name: string, detail: string) => void;

type Hosts = Readonly<Record<string, HostFunction>>;

/**
 * Puts a guard around each function that expressions call: one that throws is worth nothing, and one that does not return is
 * stopped. What it would have been worth cannot be told then, and that is never free.
 * @throws HeadgateError `ERR_HOST` for a function of the policy that nobody registered
 */
export function guardHosts({ hosts = [] }: CompiledPolicy, given: Hosts, maxMs: number, onFault: OnHostFault): Hosts {
  const within = runnerOf(maxMs);
  return Object.fromEntries(hosts.map((name) => [name, guarded(name, functionOf(name, given), within, onFault)]));
}

function functionOf(name: string, given: Hosts): HostFunction {
  const found = Object.hasOwn(given, name) ? given[name] : undefined;
  if (found !== undefined) return found;
  throw new HeadgateError(
    'ERR_HOST',
    `host("${name}", …): nobody registered this function; give it to createHttpGate as hosts: { ${name}: … }. The headgate command has none`,
  );
}

type Within = (apply: HostFunction, args: readonly unknown[]) => unknown;

function guarded(name: string, apply: HostFunction, within: Within, onFault: OnHostFault): HostFunction {
  let stops = 0;
  return (...args) => {
    if (stops >= MAX_STOPS) return undefined;
    try {
      const value = within(apply, args);
      if (!isWorth(value))
        onFault(name, `it returned ${kindOf(value)}: a number, a text or a truth value is owed, at once`);
      return value;
    } catch (error) {
      if (isStop(error)) stops++;
      onFault(name, isStop(error) ? `it did not return in time, ${stops} of ${MAX_STOPS} times` : 'it threw');
      return undefined;
    }
  };
}

/** Nothing is an answer, too: that it cannot be told. */
function isWorth(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean';
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value} that is none`;
  if ('then' in value) return 'a promise';
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** By its code alone: it may be an error of another realm. */
function isStop(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

/** Node alone can stop a function that runs. Elsewhere the platform bounds a whole request. */
function runnerOf(maxMs: number): Within {
  const vm = maxMs === Infinity ? undefined : globalThis.process?.getBuiltinModule?.('node:vm');
  if (vm === undefined) return (apply, args) => apply(...args);
  const box: { apply: HostFunction; args: readonly unknown[] } = { apply: () => undefined, args: [] };
  const context = vm.createContext(box);
  const script = new vm.Script('apply(...args)');
  return (apply, args) => {
    box.apply = apply;
    box.args = args;
    try {
      return script.runInContext(context, { timeout: maxMs }) as unknown;
    } finally {
      box.args = [];
    }
  };
}
