import { THREE } from '../subjects/index.mjs';
import { COST, MIXES, STALL } from './parts.mjs';
import { spread, table } from './stats.mjs';
import { targetTable } from './targets.mjs';

const ns = (row) => row.ns;

function costTable(cost, cell) {
  return table(
    ['', ...MIXES],
    COST.map((subject) => [subject, ...MIXES.map((mix) => spread(cell(subject, mix)))]),
  );
}

function bytesTable(bytes) {
  const rows = COST.map((subject) => [
    subject,
    spread(bytes.values(subject, (row) => row.heap)),
    spread(bytes.values(subject, (row) => row.resident)),
  ]);
  return table(['', 'heap and external', 'resident'], rows);
}

function stallTable(stall) {
  const figures = [
    (row) => row.filling.p999Ms,
    (row) => row.filling.longestMs,
    (row) => row.filling.seconds,
    (row) => row.expiring.p999Ms,
    (row) => row.expiring.longestMs,
    (row) => row.left ?? Number.NaN,
  ];
  const rows = STALL.map((subject) => [
    subject,
    ...figures.map((read) => spread(stall.values(subject, read).filter(Number.isFinite))),
  ]);
  return table(['', 'filling: p99.9', 'longest', 'seconds', 'expiring: p99.9', 'longest', 'keys left'], rows);
}

/** The whole run as Markdown: medians, with the quartiles of the rounds in brackets. */
export function report({ machine, versions, rounds, size, cost, bytes, stall, judged }) {
  const { cpu, cpus, memoryGib, node, load } = machine;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${cpus} × ${cpu}, ${memoryGib} GiB, Node ${node}, load ${load.toFixed(1)} at the start; ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`,
    `${peers.join(', ')}.`,
    '### ns a decision',
    costTable(cost, (subject, mix) => cost.values(subject, ns, mix)),
    `### × ${THREE}, in the same round`,
    costTable(cost, (subject, mix) => cost.ratios({ subject, mix }, { subject: THREE, mix }, ns)),
    `### Bytes a key, at ${size.many} keys`,
    bytesTable(bytes),
    `### ms that a request waits, while ${size.many} keys come and expire`,
    stallTable(stall),
    '### Targets',
    targetTable(judged),
    `${judged.filter(({ met }) => met).length} of ${judged.length} met.`,
  ].join('\n\n');
}
