import { Outcome, plugAll } from '../../src/core/index.ts';
import {
  Scope,
  type BodyTemplate,
  type HeaderBlock,
  type PlannedLimit,
  type Template,
} from '../../src/profile/index.ts';
import { compileBlocks, type Ending } from '../../src/http/respond/blocks.ts';
import { reportedLimit } from '../../src/http/respond/report.ts';
import type { Told } from '../../src/http/respond/told.ts';

plugAll();

const NOW = Date.UTC(2026, 3, 11, 13, 59, 12, 345);

export interface Spoken {
  readonly name: string;
  readonly shown: number;
  readonly windowMs?: number;
  readonly unit?: string;
  readonly overridden?: boolean;
  /** Hex digits of the counter's opaque name. */
  readonly bucket?: string;
  /** Remaining, ms to the reset (-1: none), ms to wait (0: admits, -1: never). */
  readonly figures: readonly [number, number, number];
}

export function tell(limits: readonly Spoken[], operation = 'op'): Told {
  const outcome = new Outcome(NOW, limits.length);
  for (const [i, { figures }] of limits.entries()) for (const j of [0, 1]) outcome.figures[i * 2 + j] = figures[j] ?? 0;
  const waits = limits.map(({ figures }) => figures[2]);
  const denied = waits.some((wait) => wait !== 0);
  outcome.allowed = !denied;
  if (denied) outcome.waits = waits;
  outcome.no = waits.includes(-1) ? 'never' : denied ? 'until' : 'none';
  outcome.retryAfterMs = waits.includes(-1) ? -1 : Math.max(...waits);
  const planned: PlannedLimit[] = limits.map((limit, order) => ({
    name: limit.name,
    label: limit.name,
    unit: limit.unit ?? 'requests',
    kind: 'rate',
    order,
    shown: limit.shown,
    amount: limit.shown,
    windowMs: limit.windowMs ?? 60_000,
    period: undefined,
    answer: 'exceeded',
    overridden: limit.overridden ?? false,
    published: { is: 'stated' },
    fail: 'local',
    precision: 0,
    hold: undefined,
    ladder: undefined,
    measures: undefined,
    when: undefined,
  }));
  return {
    request: { id: 'r1' },
    operation,
    limits: planned,
    costs: limits.map(() => 1),
    outcome,
    wallAtMs: NOW,
    denied,
    reported: denied ? reportedLimit('binding', outcome, planned) : -1,
    marks: [],
    unidentified: false,
    bucket: (i) => limits[i]?.bucket,
    hash: (given) => given,
    scope: (roots) => new Scope({ attributes: {}, plan: {}, operation: () => undefined, roots }),
  };
}

/** The value of a field of a block's own. */
export function text(template: Template): BodyTemplate {
  return { is: 'text', template };
}

export function block(more: Partial<HeaderBlock>): HeaderBlock {
  return { of: ['a'], reset: 'delta', used: false, fields: [], join: ', ', each: false, ...more };
}

export function fieldsOf(blocks: readonly HeaderBlock[], told: Told, ending: Ending = 'admitted'): string[] {
  const out: string[] = [];
  compileBlocks(blocks).write(out, told, ending, told.denied ? 429 : 200);
  return Array.from({ length: out.length / 2 }, (_, i) => `${out[2 * i]}: ${out[2 * i + 1]}`);
}
