import { BUCKET, FIXED, HELD, SLIDING, THREE, UNION, VETIGEN } from '../subjects/index.mjs';
import { figure, spread, summary, table } from './stats.mjs';

const ns = (row) => row.ns;
const ADMITTING = ['hot', 'zipf', 'zipf, built', 'uniform'];
const REFUSING = ['hot, one refuses', 'hot, all refuse'];

/** Every target: what, its bound, and the figures of all rounds. `least`: more is better. */
function targets({ cost, bytes, stall }) {
  return [
    ...[FIXED, BUCKET].flatMap((subject) => overFloor(cost, subject, 2.5)),
    ...overFloor(cost, VETIGEN, 4),
    ...[FIXED, SLIDING].flatMap((rates) => ['hot', 'zipf'].map((mix) => settled(cost, rates, mix))),
    ...[FIXED, BUCKET, VETIGEN].flatMap((subject) => refusals(cost, subject)),
    ...[FIXED, BUCKET].flatMap((subject) => [
      ...overUnion(cost, subject, 'hot', 8),
      ...overUnion(cost, subject, 'zipf', 8),
      ...overUnion(cost, subject, 'zipf, built', 5),
    ]),
    ...[FIXED, BUCKET].map((subject) => {
      return {
        what: `${subject}: heap and external bytes a key`,
        most: 160,
        figures: bytes.values(subject, (row) => row.heap),
      };
    }),
    ...[FIXED, BUCKET].flatMap((subject) =>
      ['filling', 'expiring'].map((phase) => {
        return {
          what: `${subject}: p99.9 wait while ${phase}, ms`,
          most: 15,
          figures: stall.values(subject, (row) => row[phase].p999Ms),
        };
      }),
    ),
  ];
}

function overFloor(cost, subject, most) {
  return ADMITTING.map((mix) => {
    return {
      what: `${subject}, ${mix}: × the floor of three`,
      most,
      figures: cost.ratios({ subject, mix }, { subject: THREE, mix }, ns),
    };
  });
}

/** What is held and settled, which is two steps, beside one decision of three rates. */
function settled(cost, rates, mix) {
  return {
    what: `${HELD}, ${mix}: × ${rates}`,
    most: 3,
    figures: cost.ratios({ subject: HELD, mix }, { subject: rates, mix }, ns),
  };
}

function refusals(cost, subject) {
  return REFUSING.map((mix) => {
    return {
      what: `${subject}, ${mix}: × an admission`,
      most: 1.1,
      figures: cost.ratios({ subject, mix }, { subject, mix: 'hot' }, ns),
    };
  });
}

function overUnion(cost, subject, mix, least) {
  const figures = cost.ratios({ subject: UNION, mix }, { subject, mix }, ns);
  return [{ what: `${subject}, ${mix}: × faster than the union of 3`, least, figures }];
}

/** Each target with its median, and whether that meets it. One that was not measured is missed. */
export function judge(parts) {
  return targets(parts).map((target) => {
    const median = summary(target.figures)?.median;
    return {
      ...target,
      median,
      met: median !== undefined && (target.least ? median >= target.least : median <= target.most),
    };
  });
}

export function targetTable(judged) {
  const rows = judged.map(({ what, least, most, figures, met }) => {
    return [what, least ? `≥ ${figure(least)}` : `≤ ${figure(most)}`, spread(figures), met ? 'met' : 'MISSED'];
  });
  return table(['target', 'bound', 'figure', ''], rows);
}
