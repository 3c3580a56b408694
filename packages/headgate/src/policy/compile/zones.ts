import { zoneTable, type CompiledPolicy, type ZoneTable } from '../../profile/index.ts';

/** Texts looked at when zones come from attributes: more are not zones. */
const MAX_TEXTS = 5000;

/**
 * The tables of every zone the policy can come to, so that no time-zone library is needed later. A zone that is an
 * expression comes from somewhere in the policy: whatever text in it names a zone is taken along.
 */
export function zonesOf(policy: Omit<CompiledPolicy, 'zones'>): Readonly<Record<string, ZoneTable>> {
  const calendars = policy.limits.filter((limit) => limit.kind === 'quota').map((limit) => limit.calendar);
  const zones = [...calendars, ...Object.values(policy.schedules ?? {})].map(({ zone }) => zone);
  const written = zones.filter((zone) => typeof zone === 'string');
  const computed = zones.some((zone) => typeof zone !== 'string');
  const names = new Set([...written, ...(computed ? ['UTC', ...zonesNamedIn(policy)] : [])]);
  return Object.fromEntries([...names].flatMap((name) => tableOf(name)));
}

function tableOf(name: string): [string, ZoneTable][] {
  const table = zoneTable(name);
  return table === undefined ? [] : [[name, table]];
}

function zonesNamedIn(policy: Omit<CompiledPolicy, 'zones'>): readonly string[] {
  const texts = new Set<string>();
  collect([policy.identify, policy.plans, policy.derive, policy.limits, policy.overrides], texts);
  return [...texts].filter((text) => /^[A-Z][A-Za-z_]+\/[A-Za-z_/+-]+$/.test(text) && zoneTable(text) !== undefined);
}

function collect(value: unknown, texts: Set<string>): void {
  if (texts.size >= MAX_TEXTS) return;
  if (typeof value === 'string') texts.add(value);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) collect(part, texts);
}
