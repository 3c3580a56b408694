/* oxlint-disable no-await-in-loop -- one attempt, one run, follows another */
// npm run bench:client: the same work by twenty workers, in simulated time, against the project's own engine and policies.
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { enter, restore, START } from './time.mjs';
import { SUBJECTS } from './subjects.mjs';
import { parsePolicy } from '../../packages/headgate/src/policy/index.ts';
import { Api } from '../../packages/headgate/test/client/sim/api.ts';
import { optimumMs } from '../../packages/headgate/test/client/sim/optimum.ts';

const WORKERS = 20;
/** `--only=headgate`: subjects whose names begin so. */
const ONLY = process.argv.find((arg) => arg.startsWith('--only='))?.slice(7) ?? '';
const PHASES = process.argv.includes('--quick') ? 2 : 40;
/** A subject that has not done its work by ten times the optimum is stopped: what it did until then is told. */
const PATIENCE = 10;

const shipped = (name) => parsePolicy(readFileSync(new URL(`../../policies/${name}.yaml`, import.meta.url), 'utf8'));
const fixed = (rate, more = {}) => ({ rate, algorithm: 'fixed', ...more });
const CASES = {
  'Deep Creative: 60 a minute': {
    policy: shipped('deepcreative'),
    requests: 300,
    windows: [{ units: 60, windowMs: 60_000 }],
    declared: { a: fixed('60/minute') },
  },
  'Claid: 120 a minute, 4 a second': {
    policy: shipped('claid'),
    requests: 480,
    windows: [
      { units: 120, windowMs: 60_000 },
      { units: 4, windowMs: 1000 },
    ],
    declared: { minute: fixed('120/minute'), second: fixed('4/s') },
  },
  'Vetigen: 1000 an hour, and two that no header tells': {
    policy: shipped('vetigen'),
    requests: 600,
    windows: [
      { units: 1000, windowMs: 3_600_000 },
      { units: 100, windowMs: 60_000 },
      { units: 50, windowMs: 10_000 },
    ],
    declared: { key: fixed('1000/hour'), endpoint: fixed('100/minute'), burst: fixed('50/10s') },
  },
};

const URL_1 = 'https://api.test/v1/image/edit';
const init = { method: 'POST', headers: { 'x-api-key': 'k' } };

async function once(make, { policy, requests, windows, declared }, phaseMs) {
  const skewMs = ((phaseMs * 7919) % 240_000) - 120_000;
  const all = Array.from({ length: requests }, () => new Request(URL_1, init));
  const best = optimumMs(policy, START + phaseMs + skewMs, all, { workers: WORKERS, tripMs: 60, spreadMs: 40 });
  const world = enter(phaseMs);
  try {
    const api = new Api({ policy, world, seed: 1 + phaseMs, skewMs });
    const send = make(api.fetch, { timer: world.timer, windows, declared });
    let [left, done] = [requests, 0];
    const worker = async () => {
      while (left > 0) {
        left--;
        const status = await send(URL_1, init).then(
          (answer) => answer.status,
          () => 0,
        );
        if (status === 200) done++;
        else left++;
      }
    };
    const began = world.nowMs;
    const late = world.sleep(best * PATIENCE);
    await world.run(Promise.race([Promise.all(Array.from({ length: WORKERS }, worker)), late]), 20_000_000);
    return { done, ...api.count, ratio: done < requests ? undefined : (world.nowMs - began) / best };
  } finally {
    restore();
  }
}

const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const rows = [];
for (const [name, work] of Object.entries(CASES))
  for (const [subject, make] of Object.entries(SUBJECTS).filter(([title]) => title.startsWith(ONLY))) {
    const runs = [];
    for (let i = 0; i < PHASES; i++) runs.push(await once(make, work, i * 1523));
    const ratios = runs.map(({ ratio }) => ratio);
    const unfinished = ratios.some((ratio) => ratio === undefined);
    rows.push({
      case: name,
      subject,
      refused: mean(runs.map(({ refused }) => refused)),
      worst: Math.max(...runs.map(({ refused }) => refused)),
      early: mean(runs.map(({ early }) => early)),
      makespan: unfinished ? undefined : Math.max(...ratios),
    });
    const { refused, worst, early, makespan } = rows.at(-1);
    process.stderr.write(
      `${name} | ${subject}: ${refused.toFixed(1)} refused (${worst} at worst), ${early.toFixed(1)} early, makespan ${makespan?.toFixed(3) ?? 'unfinished'}\n`,
    );
  }

const head =
  '| subject | refused, mean | at worst | sent before told | makespan / optimum, at worst |\n|---|---:|---:|---:|---:|';
const line = ({ subject, refused, worst, early, makespan }) =>
  `| ${subject} | ${refused.toFixed(1)} | ${worst} | ${early.toFixed(1)} | ${makespan?.toFixed(3) ?? 'not done by ten times it'} |`;
const table = Object.keys(CASES).map(
  (name) =>
    `### ${name}\n\n${head}\n${rows
      .filter((row) => row.case === name)
      .map(line)
      .join('\n')}`,
);
process.stdout.write(
  `${PHASES} phases, ${WORKERS} workers, 60 to 140 ms away, clocks apart by up to two minutes; simulated time\n\n${table.join('\n\n')}\n`,
);
mkdirSync(new URL('../results/', import.meta.url), { recursive: true });
writeFileSync(
  new URL('../results/client.json', import.meta.url),
  `${JSON.stringify({ phases: PHASES, rows }, undefined, 1)}\n`,
);
