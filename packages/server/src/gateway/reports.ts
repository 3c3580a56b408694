import { limit, memoryStore, type Clock } from 'headgate';
import type { OnNotice, OnReport, Overage, Report, StoreChange } from 'headgate/http';
import type { Log } from './log.ts';
import type { Meters } from './meters.ts';

/** Lines of one sort: ten thousand leases may end at once, and say little more than the first of them. */
const LINES = '60/minute';

const WORDS: Readonly<Record<Report['is'], string>> = {
  lapsed: 'a lease ended before anybody said what became of what it held',
  late: 'something was ended after its lease',
  cost: 'the API told a cost that is none: what was reserved was charged',
  unnamed: 'the API did not tell the id of what it began: only its lease, or an operator, ends it',
  forgotten: 'more is held than can be kept track of: only leases end it',
  webhook: 'what was to be told was not taken, by a web hook or a mail server',
  store: 'the store failed when something was to be ended: it is ended when it answers again, or by its lease',
};

/** Counts all that the gate reports of what is held, and writes down as much of it as somebody may read. */
export function createReports(log: Log, meters: Meters, clock: Clock): OnReport {
  const lines = limit(LINES, { store: memoryStore({ clock }) });
  const unsaid = new Map<string, number>();
  return ({ is, ...about }) => {
    meters.reported(is);
    const before = unsaid.get(is) ?? 0;
    const isSaid = lines.decide(is).allowed;
    unsaid.set(is, isSaid ? 0 : before + 1);
    if (isSaid) log.warn(WORDS[is], { is, ...about, ...(before > 0 && { unsaid: before }) });
  };
}

/** Writes down every fill that a policy wants told, on the level of its channel. They come once a period and counter. */
export function createNoticeLog(log: Log, meters: Meters): OnNotice {
  return ({ channel, ...about }) => {
    meters.noticed(about.limit);
    log['log' in channel ? channel.log : 'info']('a limit is used so far', { channel: channel.name, ...about });
  };
}

/** Writes down every unit that is billed, of whom without who it is: that is for the web hook. */
export function createOverageLog(log: Log, meters: Meters, hash: (text: string) => string): (overage: Overage) => void {
  return ({ subject, ...about }) => {
    meters.billed(about.name, about.units / 10 ** about.precision);
    log.info('units above a fill are billed', { ...about, subject: hash(JSON.stringify(subject)) });
  };
}

/** Writes down that the store stops to answer, and that it answers again: one line each. */
export function createStoreLog(log: Log): (change: StoreChange) => void {
  return ({ is, ...about }) => {
    if (is === 'up') log.info('the store answers again', { store: about.store });
    else log.error('the store does not answer: limits do what their policy says for that', about);
  };
}
