import { FIGURES, Outcome } from '../../core/index.ts';
import type { Draw } from './draw.ts';
import type { Terms } from './terms.ts';
import { Use } from './use.ts';

/** To the compiler an import is no constant; this is. */
const PAIR = FIGURES;

/** What this process has of one program's limits, for one caller. */
export class Leased {
  readonly terms: Terms;
  readonly keys: readonly string[];
  readonly use: Use;
  /** Units that the store had left when it last answered, by check; what keeps no count has none. */
  readonly left: number[];
  /** Whether a draw is under way. */
  isDrawing = false;
  /** Not before then is there another. */
  againAtMs = 0;
  /** Whether anything was asked since somebody looked. */
  isAsked = true;
  /** Nothing is spent, or drawn, any more. `lost`: what it has is not given back either. */
  fate: 'goes on' | 'ends' | 'lost' = 'goes on';
  #draw: Draw | undefined;
  #next: Draw | undefined;
  #counters: readonly string[] | undefined;
  /** When the last two draws were charged, by the store's clock. */
  #drawnAtMs: readonly [last: number, before: number] = [NaN, NaN];
  readonly #giveBack: (leased: Leased, draw: Draw) => void;

  constructor(terms: Terms, keys: readonly string[], nowMs: number, giveBack: (leased: Leased, draw: Draw) => void) {
    const { checks } = terms.program;
    this.terms = terms;
    this.keys = keys;
    this.use = new Use(checks.length, nowMs);
    this.left = checks.map(() => 0);
    this.#giveBack = giveBack;
  }

  /** What each check counts on, by a name that no other has; made when it is first needed. */
  get counters(): readonly string[] {
    const { checks, records } = this.terms.program;
    return (this.#counters ??= checks.map(({ record, limitId, slot }) =>
      record < 0 ? '' : `${records[record]!.id} ${limitId} ${slot} ${this.keys[record]!}`,
    ));
  }

  /** Whether it can take another draw. */
  get wantsDraw(): boolean {
    return !this.isDrawing && this.#next === undefined && this.fate === 'goes on';
  }

  /** Decides, and charges what is drawn. Undefined where it does not suffice: nobody is refused here. */
  decide(costs: readonly number[], nowMs: number, wallMs: number): Outcome | undefined {
    let draw = this.#draw;
    if (draw === undefined || !isLive(draw, nowMs, wallMs) || !fits(draw.units, costs)) {
      draw = this.#turn(costs, nowMs, wallMs);
      if (draw === undefined) return undefined;
    }
    draw.renewIn--;
    this.isAsked = true;
    this.use.add(costs);
    return this.#spend(draw, costs, nowMs);
  }

  /** Goes on with the next draw, where the one does not suffice and the next does; what is over is given back. */
  #turn(costs: readonly number[], nowMs: number, wallMs: number): Draw | undefined {
    this.dropOver(nowMs, wallMs);
    const [draw, next] = [this.#draw, this.#next];
    if (draw !== undefined && fits(draw.units, costs)) return draw;
    if (draw === undefined || next === undefined || !fits(next.units, costs)) return undefined;
    this.#next = undefined;
    this.#draw = next;
    this.#giveBack(this, draw);
    return next;
  }

  #spend(draw: Draw, costs: readonly number[], nowMs: number): Outcome {
    const { units, resetAtMs, chargedAtMs, asked } = draw;
    const { checks } = this.terms.program;
    const more = this.#next?.units;
    // No later than it is, so that nothing is told to be there earlier than it is.
    const storeNowMs = chargedAtMs + Math.max(0, nowMs - asked.answeredAtMs);
    const out = new Outcome(storeNowMs, units.length);
    out.exact = false;
    const { figures } = out;
    for (let i = 0; i < units.length; i++) {
      const counts = checks[i]!.kind !== 'size';
      if (counts) units[i]! -= costs[i]!;
      figures[i * PAIR] = units[i]! + this.left[i]! + (counts && more !== undefined ? more[i]! : 0);
      const resetInMs = resetAtMs[i]! - storeNowMs;
      figures[i * PAIR + 1] = resetInMs >= 0 ? resetInMs : -1;
    }
    return out;
  }

  /** Whether now is the time to ask for more; each draw says so once. */
  isToRenew(nowMs: number): boolean {
    const draw = this.#draw;
    if (draw === undefined || (draw.renewIn > 0 && nowMs < draw.renewAtMs)) return false;
    draw.renewIn = draw.renewAtMs = Infinity;
    return true;
  }

  take(draw: Draw): void {
    this.#drawnAtMs = [draw.chargedAtMs, this.#drawnAtMs[0]];
    if (this.#draw === undefined) this.#draw = draw;
    else this.#next = draw;
  }

  /** What the store said of this caller. */
  hear({ status, figures }: Outcome): void {
    if (status !== 'ok') return;
    const { checks } = this.terms.program;
    for (let i = 0; i < checks.length; i++) if (checks[i]!.kind !== 'size') this.left[i] = figures[i * FIGURES]!;
  }

  /** When what was decided then was charged to the store, or earlier: a bucket has been filling since. */
  drawnAtMs(decidedAtMs: number): number {
    const { lifeMs, program } = this.terms;
    if (!program.checks.some(({ kind }) => kind === 'bucket')) return decidedAtMs;
    const oldest = this.#drawnAtMs.findLast((atMs) => atMs <= decidedAtMs && atMs + lifeMs > decidedAtMs);
    return oldest ?? decidedAtMs;
  }

  /** Units of a check in draws that are not over, spent or not. */
  drawn(i: number): number {
    return (this.#draw?.drawn[i] ?? 0) + (this.#next?.drawn[i] ?? 0);
  }

  /** Units that are drawn and not spent, by check. */
  had(): readonly number[] {
    return this.left.map((_, i) => (this.#draw?.units[i] ?? 0) + (this.#next?.units[i] ?? 0));
  }

  /** Gives back what is over. */
  dropOver(nowMs: number, wallMs: number): void {
    for (let i = 0; i < 2 && this.#draw !== undefined && !isLive(this.#draw, nowMs, wallMs); i++) this.#drop();
  }

  /** From time to time: fades its use, and gives back what is over. Whether anybody asked since the last time; who did not, has nothing any more. */
  look(nowMs: number, wallMs: number): boolean {
    const { isAsked } = this;
    this.isAsked = false;
    this.use.fade(nowMs, this.terms.lifeMs);
    this.dropOver(nowMs, wallMs);
    if (isAsked || this.isDrawing) return true;
    this.end('ends');
    return false;
  }

  /** Nothing of it is spent any more. */
  end(fate: 'ends' | 'lost'): void {
    this.fate = fate;
    while (this.#draw !== undefined) this.#drop();
  }

  #drop(): void {
    const draw = this.#draw!;
    this.#draw = this.#next;
    this.#next = undefined;
    this.#giveBack(this, draw);
  }
}

/** The monotonic clock may stand still while a machine sleeps, and the other may be set back: both must say so. */
function isLive(draw: Draw, nowMs: number, wallMs: number): boolean {
  return nowMs < draw.endsAtMs && wallMs < draw.endsAtWallMs;
}

/** What is no cost does not fit: the store says what is wrong with it. */
function fits(units: readonly number[], costs: readonly number[]): boolean {
  for (let i = 0; i < units.length; i++) {
    const cost = costs[i]!;
    if (!(Number.isInteger(cost) && cost >= 0 && cost <= units[i]!)) return false;
  }
  return true;
}
