import { seeded, type Random } from '../../../src/testing/index.ts';
import type { DiskOptions } from '../disk.ts';
import type { ServerOptions } from '../server.ts';
import type { ConnectionOptions } from './connection.ts';

/** What one run of gates is. All of it is derived from its seed. */
export interface GateOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly clients: number;
  /** Chance, of each request, that a gate is killed, and how long it is away at most, in ms. */
  readonly kills: number;
  readonly awayMs: number;
  readonly server: ServerOptions;
  readonly disk: DiskOptions;
  readonly connection: ConnectionOptions;
}

export function gateOptionsOf(seed: number): GateOptions {
  const random = seeded(seed ^ 0x2545f491);
  const often = random.pick([0, 0.3, 1, 1, 3]);
  const syncs = random.chance(0.5);
  return {
    seed,
    nodes: random.int(1, 4),
    clients: random.int(2, 12),
    kills: 0.003 * often,
    awayMs: random.pick([10, 1000]),
    server: serverOf(random, often, syncs),
    disk: {
      syncs,
      failsWrites: 0.001 * often,
      failsReads: 0.001 * often,
      failsCommits: 0.003 * often,
      failsSyncs: 0.003 * often,
      fills: random.pick([0, 0.0003 * often]),
      fullFor: random.int(1, 30),
    },
    connection: {
      breaks: random.pick([0.003, 0.02]) * often,
      tells: random.pick([0, 0.5, 1]),
      stalls: 0.003 * often,
      stallMs: random.pick([60, 400, 3000]),
      usualMs: random.pick([0, 2, 20]),
    },
  };
}

/** Of what was answered nothing is lost: what the power takes is nobody's fault here. */
function serverOf(random: Random, often: number, syncs: boolean): ServerOptions {
  return {
    store: 'kept',
    maxInMemory: random.pick([1, 10, 1000]),
    maxRecords: 1_000_000,
    tickMs: random.pick([0, 1, 10]),
    alone: random.pick([0, 0.1]),
    dies: 0.002 * often,
    powerFails: syncs ? 0.5 : 0,
    awayMs: random.pick([1, 100, 2000]),
    breaksClock: 0,
    clockBack: 'never',
  };
}
