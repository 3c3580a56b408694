import { parsePolicy } from '../../../src/policy/index.ts';
import type { CompiledPolicy } from '../../../src/profile/index.ts';

/** Jobs at once, and for how long one lasts of which nobody says anything. */
export const JOBS = 3;
export const LEASE_MS = 3000;
/** What a job is reserved. It may cost less. */
export const RESERVED = 5;
/** Of a limit of which each gate counts its share where the store is not there. */
export const PACE = { units: 8, windowMs: 1000 } as const;

/** What fails in each of the ways in which a limit may. */
export const POLICY: CompiledPolicy = parsePolicy(`
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations:
  create: { match: POST /jobs }
  poll: { match: GET /jobs/:id }
  hook: { match: POST /hooks }
  paced: { match: GET /paced }
  loose: { match: GET /loose }
limits:
  running:
    concurrency: ${JOBS}
    per: key
    on: [create]
    fail: closed
    hold:
      id: response.body.id
      lease: ${LEASE_MS / 1000}s
      until:
        - { on: poll, when: response.body.done, id: path.id }
        - { on: hook, id: 'request.query["job"]' }
  spent:
    quota: 1000000/month
    per: key
    on: [create]
    cost: { reserve: ${RESERVED}, actual: response.body.cost }
    hold: { lease: ${LEASE_MS / 1000}s }
  pace: { rate: ${PACE.units}/1s, per: key, on: [paced], durable: true, fail: local }
  leisure: { rate: 20/1s, per: key, on: [loose], durable: true, fail: open }
`);
