import { readsDomains, type CompiledPolicy } from '../profile/index.ts';

/** What is registered, as the public suffix list has it: https://publicsuffix.org, with its private section. */
export interface Domains {
  readonly registered: (name: string) => string | undefined;
  /** Until the list is there; undefined afterwards. */
  readonly loading: () => Promise<void> | undefined;
}

/** Loads the list for a policy that reads it, and for no other. */
export function domainsFor(policy: CompiledPolicy): Domains | undefined {
  if (!readsDomains(policy)) return undefined;
  let find: ((name: string) => string | null) | undefined;
  let loading: Promise<void> | undefined = load();

  async function load(): Promise<void> {
    const { getDomain } = await import('tldts');
    find = (name) => getDomain(name, { allowPrivateDomains: true });
    loading = undefined;
  }

  return { registered: (name) => find?.(name) ?? undefined, loading: () => loading };
}
