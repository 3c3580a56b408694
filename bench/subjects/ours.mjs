// Headgate as built, by file: what is measured is the engine under every gate, with the step that a gate makes.
import { createHash } from 'node:crypto';

/** Where it was built to: the copy that a run takes of today's, or that of another commit. */
const BUILT = process.env.HEADGATE_BENCH_BUILT ?? '../built';
const { checkOf, nextProgramId, plugAll, segmentOf, FOREVER } = await import(`${BUILT}/core/index.js`);
const { memoryStore, systemClock } = await import(`${BUILT}/stores/memory/index.js`);

plugAll();

/** Turns differ in the program only where a policy tells operations apart. */
function opened(programs) {
  const store = memoryStore();
  const costs = programs[0].checks.map(() => 1);
  const last = programs.length - 1; // A power of two less one, so that it masks.
  let outcome;
  return {
    step(key, turn) {
      const program = programs[turn & last];
      const keys = [key];
      // Kept, so that the outcome is really made: headers and bodies are written from it.
      outcome = store.apply({
        op: 'decide',
        program,
        keys,
        costs,
        requestId: undefined,
        reservationId: undefined,
        losses: undefined,
      });
      return outcome.allowed;
    },
    live: () => store.stats().records,
  };
}

/** `count` limits of one record. A bucket refills one unit a window. */
function programOf(kind, count, { amounts, windowsMs }) {
  const checks = Array.from({ length: count }, (_, i) => {
    const windowMs = windowsMs[i];
    const amount = kind === 'bucket' ? 1 : amounts[i];
    return checkOf({
      limitId: i + 1,
      kind,
      windowMs,
      segments: [segmentOf({ kind, amount, windowMs, burst: amounts[i] })],
    });
  });
  return programFrom(checks);
}

function programFrom(checks) {
  const fields = checks.map(({ limitId, kind, windowMs, slices }) => ({ limitId, kind, windowMs, slices, slots: [0] }));
  return { id: nextProgramId(), records: [{ id: 1, fields }], checks, validUntilMs: FOREVER, calendar: false };
}

const plain = (kind, count) => () => ({ limits: count, open: (asked) => opened([programOf(kind, count, asked)]) });

/** Ids such as a gate makes them, 128 random bits: drawn beforehand, as a gate draws its random bytes. */
const IDS = Array.from({ length: 4096 }, () => crypto.randomUUID().replaceAll('-', ''));
const HELD_MS = 600_000;

/** A rate, a permit and money of one record, decided, and settled at once for what it cost. */
function held({ amounts: [rate, permits, money], windowsMs: [windowMs] }) {
  const fromAtMs = Date.now() - 1000;
  const period = { fromAtMs, untilAtMs: fromAtMs + 3_600_000, periodAtMs: fromAtMs };
  const checks = [
    { kind: 'fixed', windowMs, segments: [segmentOf({ kind: 'fixed', amount: rate, windowMs })] },
    { kind: 'concurrency', holdMs: HELD_MS, segments: [segmentOf({ kind: 'concurrency', amount: permits })] },
    { kind: 'quota', holdMs: HELD_MS, segments: [segmentOf({ kind: 'quota', amount: money, ...period })] },
  ].map((check, i) => checkOf({ limitId: i + 1, ...check }));
  const program = { ...programFrom(checks), validUntilMs: period.untilAtMs, calendar: true };
  const store = memoryStore();
  const costs = [1, 1, 1];
  let outcome;
  const ask = (op, key, turn) =>
    (outcome = store.apply({
      op,
      program,
      keys: [key],
      costs,
      requestId: undefined,
      reservationId: IDS[turn & 4095],
      losses: undefined,
    }));
  return {
    step(key, turn) {
      if (!ask('decide', key, turn).allowed) return false;
      ask('settle', key, turn);
      if (outcome.status !== 'ok') throw new Error('what was reserved is not known any more');
      return true;
    },
    live: () => store.stats().records,
  };
}

const OPERATIONS = ['list', 'read', 'add', 'search'];

const policyOf = ([hour, burst, minute]) => ({
  headgate: 1,
  name: 'Vetigen API',
  identify: { key: { header: 'X-API-Key', bearer: true, find: 'any' } },
  operations: Object.fromEntries(OPERATIONS.map((name) => [name, { match: `GET /${name}` }])),
  limits: {
    key: { rate: `${hour}/hour`, algorithm: 'fixed', per: 'key' },
    endpoint: { rate: `${minute}/minute`, algorithm: 'fixed', per: ['key', 'operation'] },
    burst: { rate: `${burst}/10s`, algorithm: 'fixed', per: 'key' },
  },
});

/** Vetigen's three limits, from the policy language and the planner: the endpoint's counter is a slot of the key's record. */
async function vetigen() {
  const { compilePolicy } = await import(`${BUILT}/policy/index.js`);
  const { createPlanner } = await import(`${BUILT}/profile/index.js`);
  return {
    limits: 3,
    open({ amounts }) {
      const planner = createPlanner(compilePolicy(policyOf(amounts)));
      const subject = { auth: 'key', address: '192.0.2.1', key: 'k' };
      const request = { method: 'GET', path: '/', query: {}, headers: {}, bytes: 0 };
      const programs = OPERATIONS.map((name, index) => {
        const operation = { index, name, path: {} };
        return planner.plan({ subject, operation, request, nowMs: Date.now() }).program;
      });
      if (programs.some(({ records, checks }) => records.length !== 1 || checks.length !== 3)) {
        throw new Error('the policy came to something else than three limits of one record');
      }
      return opened(programs);
    },
  };
}

/** The same three limits, asked as a server asks: from a request with a key to what is sent on, and the fields of its answer. */
async function gate() {
  const { compilePolicy } = await import(`${BUILT}/policy/index.js`);
  const { createHttpGate } = await import(`${BUILT}/http/index.js`);
  const clock = systemClock();
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const headers = { of: 'key', dialect: 'x-ratelimit', reset: 'epoch' };
  return {
    limits: 3,
    open({ amounts }) {
      const policy = compilePolicy({ ...policyOf(amounts), respond: { headers } });
      const handler = createHttpGate({ policy, store: memoryStore({ clock }), clock, sha256, salt: 'salt' });
      let fields;
      return {
        step(key, turn) {
          const handled = handler.handle(viewOf(key, OPERATIONS[turn & 3]));
          if (handled.kind !== 'forward') return false;
          fields = handled.settle(200, ANSWERED);
          if (fields.length < 6) throw new Error(`no headers: ${fields}`);
          return true;
        },
      };
    },
  };
}

const ANSWERED = ['Content-Type', 'application/json'];

/** As Node's server gives it. */
function viewOf(key, operation) {
  const fields = ['Host', 'api.example', 'Accept', '*/*', 'X-API-Key', key];
  const at = { host: 1, accept: 3, 'x-api-key': 5 };
  return {
    id: 'r1',
    method: 'GET',
    target: `/${operation}`,
    scheme: 'http',
    peer: '192.0.2.1',
    header: (name) => fields[at[name]],
    headers: (name) => (at[name] === undefined ? [] : [fields[at[name]]]),
    fields: () => fields,
  };
}

export const FIXED = 'headgate: three fixed';
/** What a rate is by default. */
export const SLIDING = 'headgate: three sliding';
export const BUCKET = 'headgate: three buckets';
export const VETIGEN = "headgate: Vetigen's three";
export const GATE = "headgate: Vetigen's three, asked over HTTP";
export const HELD = 'headgate: rate, permit, money, settled';

export const ours = {
  'headgate: one fixed': plain('fixed', 1),
  [FIXED]: plain('fixed', 3),
  [BUCKET]: plain('bucket', 3),
  [SLIDING]: plain('sliding', 3),
  [VETIGEN]: vetigen,
  [GATE]: gate,
  [HELD]: () => ({ limits: 3, open: held }),
};
