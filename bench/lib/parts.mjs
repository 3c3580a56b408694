import { BUCKET, COUNTER, FIXED, GATE, NOTHING, subjects, THREE, UNION } from '../subjects/index.mjs';
import { measure } from './child.mjs';
import { Measured, orderOf } from './rounds.mjs';

export const MIXES = ['hot', 'hot, one refuses', 'hot, all refuse', 'zipf', 'zipf, built', 'uniform'];
/** What is asked over HTTP is no store: it is compared with itself alone (`before.mjs`). */
export const COST = Object.keys(subjects).filter((name) => name !== NOTHING && name !== GATE);
export const STALL = [NOTHING, FIXED, BUCKET, UNION];

/** How much is measured. A smoke run only shows that everything works. */
export function sizes(quick) {
  return quick
    ? { many: 100_000, ms: 100, windowsMs: [600, 800, 1000], expireMs: 2000 }
    : { many: 1_000_000, ms: 300, windowsMs: [3000, 4000, 5000], expireMs: 12_000 };
}

/** ns a decision. */
export function costs({ rounds, size, cpu, tell }) {
  const measured = new Measured();
  for (let round = 0; round < rounds; round++) {
    for (const mix of MIXES) {
      for (const subject of orderOf(COST, [COUNTER, THREE])) {
        measured.add({ round, subject, mix }, measure('cost', { subject, mix, ...size }, { cpu }));
      }
    }
    tell('cost', round, rounds);
  }
  return measured;
}

/** Bytes a key: memory hardly differs from one run to the next, so a third of the rounds will do. */
export function bytes({ rounds, size, cpu, tell }) {
  const measured = new Measured();
  const enough = Math.ceil(rounds / 3);
  for (let round = 0; round < enough; round++) {
    for (const subject of orderOf(COST, [])) {
      measured.add({ round, subject }, measure('bytes', { subject, ...size }, { cpu, flags: ['--expose-gc'] }));
    }
    tell('bytes', round, enough);
  }
  return measured;
}

/** Ms of waiting. Not kept on one CPU: the collector's helpers run beside a service too. */
export function stalls({ rounds, size, tell }) {
  const measured = new Measured();
  for (let round = 0; round < rounds; round++) {
    for (const subject of orderOf(STALL, [])) measured.add({ round, subject }, measure('stall', { subject, ...size }));
    tell('stalls', round, rounds);
  }
  return measured;
}
