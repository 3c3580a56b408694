import { existsSync, readFileSync } from 'node:fs';

/** Bytes of a log's head, of a frame's head, and of a page (the SQLite file format, section 4.1). */
const LOG_HEAD = 32;
const FRAME_HEAD = 24;
const PAGE = 1024;

/** A file and its log, as they stand between two ticks. */
export interface Image {
  readonly file: Buffer;
  readonly log: Buffer;
}

export function imageOf(file: string): Image {
  const log = `${file}-wal`;
  return { file: readFileSync(file), log: existsSync(log) ? readFileSync(log) : Buffer.alloc(0) };
}

/** What stood on the disk had the writes between two images ended there. */
export interface Cut {
  /** Made when it is asked for: there are thousands, of megabytes each. */
  readonly image: () => Image;
  /** Whether the commit's last frame is in. */
  readonly whole: boolean;
  readonly where: string;
}

/**
 * Every point at which the writes of one tick may end: SQLite appends the frames of the log one after another, each in two
 * writes, and then, at a checkpoint, brings pages into the file in their order. Each write is also cut in the middle.
 */
export function* cuts(before: Image, after: Image): Generator<Cut> {
  const ends = logEnds(before.log, after.log);
  for (const end of ends) {
    const image = (): Image => ({ file: before.file, log: cutAt(before.log, after.log, end) });
    yield { image, whole: end === ends.at(-1), where: `log ${end}` };
  }
  for (const page of changedPages(before.file, after.file)) {
    for (const end of [page * PAGE + PAGE / 2, (page + 1) * PAGE]) {
      const image = (): Image => ({ file: cutAt(before.file, after.file, end), log: after.log });
      yield { image, whole: true, where: `file ${end}` };
    }
  }
}

function cutAt(before: Buffer, after: Buffer, end: number): Buffer {
  return Buffer.concat([after.subarray(0, end), before.subarray(end)]);
}

/** Where in the new log a write ends, or is cut in two. After a checkpoint it begins again at its head. */
function logEnds(before: Buffer, after: Buffer): number[] {
  const restarted = !before.subarray(0, LOG_HEAD).equals(after.subarray(0, LOG_HEAD));
  const ends: number[] = restarted ? [LOG_HEAD / 2, LOG_HEAD] : [];
  const last = lastChange(before, after);
  for (let at = LOG_HEAD; at < last; at += FRAME_HEAD + PAGE) {
    const end = at + FRAME_HEAD + PAGE;
    if (after.subarray(at, end).equals(before.subarray(at, end))) continue;
    ends.push(at + FRAME_HEAD / 2, at + FRAME_HEAD, at + FRAME_HEAD + PAGE / 2, end);
  }
  return ends;
}

function lastChange(before: Buffer, after: Buffer): number {
  let last = after.length;
  while (last > 0 && last <= before.length && after[last - 1] === before[last - 1]) last--;
  return last;
}

function* changedPages(before: Buffer, after: Buffer): Generator<number> {
  for (let page = 0; page * PAGE < after.length; page++) {
    const [from, to] = [page * PAGE, (page + 1) * PAGE];
    if (!after.subarray(from, to).equals(before.subarray(from, to))) yield page;
  }
}
