import type { GateNode } from './gate-node.ts';
import { PACE } from './policy.ts';

/** Of a limit that fails `local`: what gates let in by themselves is no more than the share of each, in any window. */
export class Paced {
  readonly #nodes: number;
  readonly #nowMs: () => number;
  readonly #passed: WeakMap<GateNode, Map<string, number[]>> = new WeakMap();

  constructor(nodes: number, nowMs: () => number) {
    this.#nodes = nodes;
    this.#nowMs = nowMs;
  }

  /** @throws Error when it is more */
  passed(node: GateNode, key: string, isAlone: boolean): void {
    if (!isAlone) return;
    const nowMs = this.#nowMs();
    const all = this.#passed.get(node) ?? new Map<string, number[]>();
    this.#passed.set(node, all);
    const recent = [...(all.get(key) ?? []).filter((atMs) => atMs > nowMs - PACE.windowMs), nowMs];
    all.set(key, recent);
    const most = Math.max(1, Math.floor(PACE.units / this.#nodes));
    if (recent.length > most) throw new Error(`${key}: ${recent.length} let in by a gate alone, of ${most}`);
  }
}
