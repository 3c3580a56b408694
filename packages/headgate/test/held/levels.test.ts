import { describe, expect, it } from 'vitest';
import { answered, forwarded, KEY, type Spec } from '../gate-of.ts';
import { ended, said } from './ended.ts';
import { world, type World } from './world.ts';

/** Storage as aionvision's page has it, and uploads by presigned URL. */
const STORAGE = `${KEY}operations:
  put: { match: POST /files }
  begin: { match: POST /uploads }
  complete: { match: POST /uploads/:id/complete }
  abandon: { match: DELETE /uploads/:id }
  delete: { match: DELETE /files/:id }
  read: { match: ANY /** }
limits:
  storage: { level: 1000B, per: key, on: put, cost: request.bytes, hold: { id: response.body.id, until: [delete] }, past: full }
  uploads:
    level: 500B
    per: key
    on: begin
    cost: 'int(request.query["bytes"])'
    hold: { id: response.body.id, lease: 15m, until: [{ on: complete, cost: response.body.bytes }, abandon] }
respond:
  headers:
    - { of: storage, on: [put], fields: { X-Stored: '{used}' } }
    - { of: uploads, on: [begin], fields: { X-Stored: '{used}' } }
  answers: { full: { status: 507, body: { used: '{used}', of: '{limit}' } } }`;

const put = (bytes: number): Spec => ({
  method: 'POST',
  target: '/files',
  fields: [
    ['X-API-Key', 'k'],
    ['Content-Length', String(bytes)],
  ],
});
const remove = (id: string): Spec => ({ method: 'DELETE', target: `/files/${id}` });
const begin = (bytes: number): Spec => ({ method: 'POST', target: `/uploads?bytes=${bytes}` });
const complete = (id: string): Spec => ({ method: 'POST', target: `/uploads/${id}/complete` });

/** What is stored, as a request that puts nothing there is told. */
function stored({ ask }: World, spec: (bytes: number) => Spec = put): number {
  const asked = forwarded(ask(spec(0)));
  const [, value] = asked.settle(200);
  asked.end(ended({ status: undefined, reached: false }));
  return Number(value);
}

describe('a level', () => {
  it('goes up with what a success put there, and down when that is deleted, once', () => {
    const w = world(STORAGE);
    w.send(put(600), { id: 'a' }, 201);
    w.send(put(300), { id: 'b' }, 201);
    expect(answered(w.ask(put(101))).json()).toEqual({ used: 900, of: 1000 });
    w.send(remove('a'), {}, 404);
    expect(stored(w)).toBe(900);
    w.send(remove('a'));
    w.send(remove('a'));
    expect(stored(w)).toBe(300);
  });

  it.each([
    ['failed', said({ id: 'a' }, 500)],
    ['never reached the API', ended({ status: undefined, reached: false })],
  ])('gets back what was reserved for an upload that %s', (_, ending) => {
    const w = world(STORAGE);
    const upload = forwarded(w.ask(put(800)));
    expect(w.passes(put(300))).toBe(false);
    upload.end(ending);
    expect(stored(w)).toBe(0);
  });

  it('keeps what an API that never answered may have stored', () => {
    const w = world(STORAGE);
    w.sendEnding(put(800), { status: undefined });
    expect(stored(w)).toBe(800);
  });

  it('counts a file that is written over once, at its present size', () => {
    const w = world(STORAGE);
    w.send(put(600), { id: 'a' });
    w.send(put(100), { id: 'a' });
    expect(stored(w)).toBe(100);
    w.send(remove('a'));
    expect(stored(w)).toBe(0);
  });

  it.each([
    ['in the middle of its body leaves nothing', { partial: true }, 0, []],
    ['after all of it may be there, and an operator is told', {}, 600, ['unnamed']],
  ])('that is not answered since its caller left %s', (_, ending, left, told) => {
    const w = world(STORAGE);
    w.sendEnding(put(600), { status: undefined, ...ending });
    expect([stored(w), w.reports.map(({ is }) => is)]).toEqual([left, told]);
  });

  it('is set right by an operator, and never falls below nothing', () => {
    const w = world(STORAGE);
    const of = { subject: { auth: 'key', address: '192.0.2.1', key: 'k' } };
    expect([w.gate.adjust(of, 'storage', 450), stored(w)]).toEqual(['ok', 450]);
    expect([w.gate.adjust(of, 'storage', -1000), stored(w)]).toEqual(['ok', 0]);
    expect(w.gate.adjust(of, 'storag', 1)).toBe('unknown');
    expect(() => w.gate.adjust(of, 'storage', 0.5)).toThrow('ERR_COST: adjust storage');
  });

  describe('by a presigned URL', () => {
    it('holds the declared size until it is completed, and then what there is, until that is deleted', () => {
      const w = world(STORAGE);
      w.send(begin(400), { id: 'u' }, 201);
      expect(w.passes(begin(101))).toBe(false);
      w.send(complete('u'), { bytes: 350 });
      expect(stored(w, begin)).toBe(350);
      w.clock.nowMs += 3_600_000;
      expect(stored(w, begin)).toBe(350);
      w.send({ method: 'DELETE', target: '/uploads/u' });
      expect(stored(w, begin)).toBe(0);
    });

    it('gives back what was never completed', () => {
      const w = world(STORAGE);
      w.send(begin(400), { id: 'u' }, 201);
      w.clock.nowMs += 900_001;
      expect(stored(w, begin)).toBe(0);
    });

    it('keeps the declared size when the completion tells none', () => {
      const w = world(STORAGE);
      w.send(begin(400), { id: 'u' }, 201);
      w.send(complete('u'), { bytes: -350 });
      expect([stored(w, begin), w.reports.map(({ is }) => is)]).toEqual([400, ['cost']]);
    });
  });
});
