import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHolds } from '../../src/http/index.ts';
import type { Ending } from '../../src/http/holds/ending.ts';
import type { Forward, Handled } from '../../src/http/handled.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { gateOf, START, viewOf, type Asked, type Spec } from '../gate-of.ts';
import { laterStore } from './later-store.ts';

/** Every kind, every verb, a body that is measured, a caller that is not known, and one that asks how it stands. */
const POLICY = `
identify: { key: { header: X-API-Key, find: directory } }
unidentified: 4/minute
operations:
  jobs: { match: POST /jobs }
  poll: { match: GET /jobs/:id }
  files: { match: PUT /files/:id }
  gone: { match: DELETE /files/:id }
  rest: { match: ANY /api/** }
endpoints: { mine: { match: GET /limits } }
limits:
  burst: { rate: 5/10s, per: key }
  hour: { rate: 60/1h, algorithm: bucket, burst: 9, per: key }
  tries: { rate: 30/1m, algorithm: fixed, count: attempts, per: [key, operation] }
  month: { quota: 40/month, per: key, grants: true }
  running: { concurrency: 2, per: key, on: [jobs], hold: { id: response.body.id, until: [{ on: poll, when: 'response.body.done', id: path.id }], lease: 60s } }
  stored: { level: 900, per: key, on: [files], cost: 100, hold: { id: path.id, until: [{ on: gone, id: path.id }] } }
  one: { size: 50, of: request.bytes, on: [files] }
respond: { headers: [{ of: [burst, month], dialect: ratelimit }, { of: tightest, dialect: x-ratelimit, reset: epochMs }] }
`;

const asked = fc.record({
  key: fc.constantFrom('k', 'k', 'l', 'nobody'),
  what: fc.constantFrom(
    'GET /api/x',
    'POST /jobs',
    'GET /jobs/7',
    'PUT /files/a',
    'DELETE /files/a',
    'GET /limits',
    'GET /nowhere',
  ),
  bytes: fc.constantFrom(0, 10, 90),
  how: fc.constantFrom('whole', 'left', 'given back'),
  verb: fc.constantFrom('nothing', 'settle', 'cancel', 'renew', 'adjust', 'grant'),
  afterMs: fc.constantFrom(0, 0, 700, 11_000, 70_000),
});
type Request = typeof asked extends fc.Arbitrary<infer T> ? T : never;

class Side {
  readonly clock = manualClock({ wallMs: START, monotonicMs: START });
  readonly reports: string[] = [];
  readonly #ids = { next: 0 };
  readonly gate: Asked['gate'];

  constructor(isLater: boolean) {
    const memory = memoryStore({ clock: this.clock });
    this.gate = gateOf(POLICY, {
      clock: this.clock,
      store: isLater ? laterStore(memory) : memory,
      finders: { directory: (key) => (key === 'nobody' ? undefined : {}) },
      randomId: () => `r${this.#ids.next++}`,
      onReport: ({ is, limit }) => void this.reports.push(`${is} ${limit}`),
      holds: createHolds(),
    }).gate;
  }

  async do(request: Request): Promise<unknown> {
    this.clock.advance(request.afterMs);
    const handled = await this.gate.handle(viewOf(specOf(request)));
    const told =
      handled.kind === 'answer' ? [handled.status, handled.fields, handled.body] : this.#passed(handled, request);
    return [await told, await this.#after(handled, request), this.reports, this.gate.held()];
  }

  async #passed(forward: Forward, { bytes, how }: Request): Promise<unknown> {
    const cut =
      bytes === 0 ? undefined : await (forward.inspection?.take(new Uint8Array(bytes)) ?? forward.inspection?.end());
    const before = forward.settle(200);
    const { judged } = forward;
    const given = how === 'given back' && judged !== undefined ? await judged.giveBack(judged.charged) : undefined;
    forward.end({ ...ENDING, status: how === 'left' ? undefined : 200 });
    return [before, given, cut?.body, cut?.fields, forward.settle(404), forward.answer(502, 'No.')];
  }

  async #after(handled: Handled, { verb, key }: Request): Promise<unknown> {
    const of = { subject: { auth: 'key', key, address: '192.0.2.1' } };
    if (verb === 'adjust') return this.gate.adjust(of, 'stored', -100);
    if (verb === 'grant') return this.gate.grant(of, 'month', { id: `g${key}`, units: 3 });
    const [, id = 'none'] = handled.kind === 'forward' ? handled.hands : [];
    if (verb === 'settle') return this.gate.resolve(id, { settle: {} });
    return verb === 'nothing' ? undefined : this.gate.resolve(id, verb);
  }
}

const ENDING: Ending = {
  status: 200,
  reached: true,
  fields: [],
  body: { is: 'json', value: { id: 7, done: true } },
  sentBytes: 10,
  tookMs: 3,
  torn: false,
};

function specOf({ key, what, bytes }: Request): Spec {
  const [method = '', target = ''] = what.split(' ');
  const length = bytes === 0 ? [] : [['Content-Length', '1'] as const];
  return { method, target, fields: [['X-API-Key', key], ...length] };
}

describe('a store that answers later', () => {
  it('is told, and tells, what one that answers at once does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 30 }), async (requests) => {
        const [now, later] = [new Side(false), new Side(true)];
        for (const request of requests)
          // oxlint-disable-next-line no-await-in-loop -- one request after another
          expect(await later.do(request)).toEqual(await now.do(request));
      }),
      { numRuns: 20 },
    );
  });
});
