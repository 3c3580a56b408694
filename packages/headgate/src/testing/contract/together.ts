import { programOf, same, segmentsOf, type LimitSpec } from './ask.ts';
import type { Claim } from './claim.ts';

const DAY_MS = 86_400_000;
const MINUTE = { kind: 'fixed', amount: 10, windowMs: 60_000 } as const;
const JOBS = { kind: 'concurrency', amount: 10, holdMs: 60_000 } as const;
/** Questions asked at once, and keys that come in between. */
const MANY = 40;

/** One of every kind that remembers anything. */
const KINDS: readonly LimitSpec[] = [
  MINUTE,
  { ...MINUTE, kind: 'gap' },
  { ...MINUTE, kind: 'sliding', slices: 6 },
  { ...MINUTE, kind: 'bucket' },
  { kind: 'level', amount: 10 },
  JOBS,
];

/** Ids are any text, as keys are. */
const IDS: readonly string[] = [
  '',
  '__proto__',
  '}',
  'a\0b',
  'a',
  '\ud800',
  '\ud801',
  `${'i'.repeat(65_536)}1`,
  '"',
  '["x"]',
];

export const together: readonly Claim[] = [
  {
    name: 'asked all at once, exactly as many are let in as there is room for, and every limit was charged for those alone',
    run: async (a) => {
      const program = programOf(
        { ...MINUTE, amount: 7 },
        { ...JOBS, record: 1 },
        { kind: 'level', amount: 90, record: 2 },
      );
      const keys = ['k', 'all', 'all'];
      const asked = await a.atOnce(MANY, (i) => a.decide(program, { keys, reservationId: `r${i}` }));
      same(asked.filter(({ allowed }) => allowed).length, 7, 'admitted');
      same(
        (await a.peek(program, { keys, cost: 0 })).figures.filter((_, i) => i % 2 === 0),
        [0, 3, 83],
        'left',
      );
    },
  },
  {
    name: 'the same request id asked all at once is charged once; the same reservation is one holder’s',
    run: async (a) => {
      const program = programOf(MINUTE);
      const asked = await a.atOnce(MANY, () => a.decide(program, { requestId: 'r' }));
      same(asked.filter(({ replayed }) => !replayed).length, 1, 'charged');
      same((await a.peek(program)).figures[0], 9, 'left');
      const jobs = programOf({ ...JOBS, limitId: 2 });
      const held = await a.atOnce(MANY, () => a.fault('decide', jobs, { reservationId: 'x' }));
      same(held.filter((fault) => fault === 'no fault').length, 1, 'holders');
      const back = await a.atOnce(MANY, () => a.ask('cancel', jobs, { reservationId: 'x' }));
      same(back.filter(({ status }) => status === 'ok').length, 1, 'given back');
    },
  },
  {
    name: 'a record is what it was after many others came and went, whatever it counts',
    run: async (a) => {
      for (const [i, spec] of KINDS.entries()) {
        const program = programOf({ ...spec, limitId: i + 1 });
        const key = `kept ${spec.kind}`;
        await a.decide(program, { key, cost: 4, reservationId: 'mine', requestId: 'r' });
        for (let other = 0; other < MANY; other++)
          await a.decide(program, { key: `other ${other}`, reservationId: 'theirs' });
        same(await a.left(program, { key, reservationId: 'x' }), 6, spec.kind);
        const again = await a.decide(program, { key, cost: 4, reservationId: 'mine', requestId: 'r' });
        same([again.replayed, again.reservationId], [true, 'mine'], `${spec.kind}: the request is known`);
      }
    },
  },
  {
    name: 'two versions of a policy count together: a changed amount keeps what was spent, a new limit begins at nothing',
    run: async (a) => {
      const before = programOf(MINUTE, { ...JOBS, limitId: 2 });
      const after = programOf(
        { ...MINUTE, amount: 5 },
        { ...JOBS, limitId: 2 },
        { kind: 'level', amount: 3, limitId: 9 },
      );
      same(await a.admitted(before, 1, { cost: 4, reservationId: 'old' }), 1, 'before');
      same(
        (await a.decide(after, { reservationId: 'new' })).figures.filter((_, i) => i % 2 === 0),
        [0, 5, 2],
        'after',
      );
      same((await a.decide(after, { reservationId: 'more' })).allowed, false, 'the amount has fallen');
      same(
        (await a.decide(before, { reservationId: 'more' })).figures[0],
        4,
        'and is what it was where it was not changed',
      );
      same(
        (await a.ask('settle', after, { reservationId: 'old', cost: 1 })).status,
        'ok',
        'settled by the other version',
      );
      same((await a.ask('cancel', before, { reservationId: 'new' })).status, 'ok', 'cancelled by the other version');
      same((await a.peek(before, { cost: 0 })).figures[2], 9, 'all but one came back');
    },
  },
  {
    name: 'a version that does not know a limit leaves it as it was, and gives back what ends meanwhile',
    run: async (a) => {
      const now = a.clock.wallMs();
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, [[now + DAY_MS, 9]]);
      const whole = programOf(MINUTE, { kind: 'quota', segments, limitId: 2 }, { ...JOBS, limitId: 3 });
      await a.decide(whole, { cost: 4, reservationId: 'a' });
      const part = programOf(MINUTE);
      await a.decide(part);
      a.clock.advance(JOBS.holdMs);
      same((await a.decide(part)).figures[0], 9, 'in the next window');
      same(
        (await a.peek(whole, { cost: 0 })).figures.filter((_, i) => i % 2 === 0),
        [9, 5, 10],
        'left',
      );
    },
  },
  {
    name: 'requests and reservations are found by their ids, whatever the id',
    run: async (a) => {
      const program = programOf({ ...JOBS, amount: 100 });
      for (const id of IDS) await a.decide(program, { requestId: id, reservationId: `${id}!` });
      for (const id of IDS) {
        const again = await a.decide(program, { requestId: id, reservationId: 'another' });
        same([again.replayed, again.reservationId], [true, `${id}!`], JSON.stringify(id.slice(0, 20)));
      }
      for (const id of IDS)
        same(
          (await a.ask('cancel', program, { reservationId: `${id}!` })).status,
          'ok',
          JSON.stringify(id.slice(0, 20)),
        );
      same((await a.peek(program)).figures[0], 100, 'all came back');
    },
  },
];
