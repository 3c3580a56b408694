import { evaluate, readsOf, type Ask, type Measure, type Planner, type PlannedLimit } from '../../profile/index.ts';
import { leastOf, type Excess } from './excess.ts';
import { kindsOf, SNIFFED, type FileKind } from './kinds.ts';
import type { Media } from './media.ts';
import { Multipart } from './multipart.ts';
import type { Part } from './part.ts';

/** The one file of a body that is not multipart. */
interface Single {
  readonly type: string;
  readonly names: readonly string[];
}

const NOTHING = new Uint8Array(0);

/** Measures the files of one body as they pass, each against the limits that hold for whatever it may be taken for. */
export class Files {
  count = 0;
  readonly #ask: Ask;
  readonly #planner: Planner;
  readonly #counted: PlannedLimit | undefined;
  readonly #sized: readonly PlannedLimit[];
  readonly #parts: Multipart | undefined;
  readonly #known = new Map<string, boolean>();
  #file: File | undefined;
  #excess: Excess | undefined;

  constructor(media: Media, ask: Ask, limits: readonly PlannedLimit[], planner: Planner) {
    this.#ask = ask;
    this.#planner = planner;
    const measuring = (measure: Measure): readonly PlannedLimit[] =>
      limits.filter(({ measures }) => measures === measure);
    this.#counted = leastOf(measuring('request.files'));
    this.#sized = measuring('file.bytes');
    if (media.is === 'multipart')
      this.#parts = new Multipart(media.boundary, {
        onPart: (part) => this.#begin(part),
        onContent: (bytes) => this.#pass(bytes),
        onPartEnd: () => this.#finish(),
      });
    else this.#single({ type: media.is === 'single' ? media.type : '', names: [ask.request.path] });
  }

  /** What is too much, or why the body cannot be read. */
  take(chunk: Uint8Array): Excess | string | undefined {
    if (this.#parts === undefined) this.#pass(chunk);
    const problem = this.#parts?.take(chunk);
    return this.#excess ?? problem;
  }

  end(): Excess | string | undefined {
    if (this.#parts === undefined) this.#finish();
    const problem = this.#parts?.end();
    return this.#excess ?? problem;
  }

  #single({ type, names }: Single): void {
    this.#begin({ isFile: true, isNamed: false, type, names });
  }

  #begin(part: Part): void {
    this.#file = part.isFile ? new File(part) : undefined;
    if (part.isFile && part.isNamed) this.#counts();
  }

  /** A file without a name counts once something is in it: a form has one where nobody chose any. */
  #pass(bytes: Uint8Array): void {
    const file = this.#file;
    if (file === undefined || bytes.length === 0) return;
    if (!file.isNamed && file.bytes === 0) this.#counts();
    file.take(bytes);
    if (file.limit === undefined && file.start.length === SNIFFED) this.#recognize(file);
    this.#hold(file);
  }

  #finish(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    if (file.limit === undefined) this.#recognize(file);
    this.#hold(file);
  }

  #counts(): void {
    this.count++;
    const limit = this.#counted;
    if (limit !== undefined && this.count > limit.amount) this.#excess ??= { limit, units: this.count };
  }

  #recognize(file: File): void {
    const kinds = [...kindsOf(file.type, file.names, file.start)];
    const holding = this.#sized.filter((limit) => kinds.some((kind) => this.#isFor(limit, file, kind)));
    file.limit = leastOf(holding) ?? 'none';
  }

  #hold({ limit, bytes }: File): void {
    if (limit === undefined || limit === 'none' || bytes <= limit.amount) return;
    this.#excess ??= { limit, units: bytes };
  }

  /** A condition that cannot be told holds: leaving something out is no way to more. */
  #isFor({ name, when }: PlannedLimit, { type, names }: File, kind: FileKind): boolean {
    if (when === undefined) return true;
    const isOfKind = readsOf(when).every((read) => !read.startsWith('file.') || read === 'file.kind');
    const known = isOfKind ? this.#known.get(`${name} ${kind}`) : undefined;
    if (known !== undefined) return known;
    const file = { kind, type, name: names[0] ?? '' };
    const holds = evaluate(when, this.#planner.scope(this.#ask, { file })) !== false;
    if (isOfKind) this.#known.set(`${name} ${kind}`, holds);
    return holds;
  }
}

/** A file that is passing. */
class File {
  bytes = 0;
  /** Undefined until it is known what it may be taken for. */
  limit: PlannedLimit | 'none' | undefined;
  start = NOTHING;
  readonly isNamed: boolean;
  readonly type: string;
  readonly names: readonly string[];

  constructor({ isNamed, type, names }: Part) {
    this.isNamed = isNamed;
    this.type = type;
    this.names = names;
  }

  take(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    if (this.start.length < SNIFFED) this.#begin(bytes);
  }

  #begin(bytes: Uint8Array): void {
    const known = this.start.length;
    const start = new Uint8Array(Math.min(SNIFFED, known + bytes.length));
    start.set(this.start);
    start.set(bytes.subarray(0, start.length - known), known);
    this.start = start;
  }
}
