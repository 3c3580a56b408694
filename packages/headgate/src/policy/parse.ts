import type { CompiledPolicy } from '../profile/index.ts';
import { Context } from './compile/context.ts';
import { gatherNames } from './compile/names.ts';
import type { ReadFile } from './compile/tables.ts';
import { compilePolicyInput } from './compile/policy.ts';
import { PolicyError, type PolicyErrorCode } from './errors.ts';
import type { Path, Problem } from './problem.ts';
import { Problems } from './problems.ts';
import { checkShape } from './shape.ts';
import { Lines } from './source/lines.ts';
import { readObject } from './source/object.ts';
import { MAX_BYTES, NOWHERE, type Source } from './source/source.ts';
import { decode } from './source/text.ts';
import { readYaml, type Refuse } from './source/yaml.ts';

export interface ParseOptions {
  /** What messages call the file. */
  readonly file?: string;
  /** Reads the files that the policy names (`tables: { NAME: { file: … } }`), as they are named there. Default: it may name none. */
  readonly readFile?: ReadFile;
}

/** What reading a policy came to: `policy` when there is no error among the problems. */
interface Outcome {
  readonly policy: CompiledPolicy | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads a policy from YAML 1.2 (or JSON, which is part of it), as text or UTF-8 bytes.
 * @throws PolicyError with all that is wrong with it
 */
export function parsePolicy(input: string | Uint8Array, options: ParseOptions = {}): CompiledPolicy {
  return policyOf(readText(input, options), options.file);
}

/**
 * Compiles a policy that came as plain data, from JSON or another program. `definePolicy` is the same for those who
 * write it in TypeScript.
 * @throws PolicyError with all that is wrong with it
 */
export function compilePolicy(value: unknown, options: ParseOptions = {}): CompiledPolicy {
  return policyOf(readValue(value, options), options.file);
}

/** All that is wrong with a policy, and what is only doubtful, in file order. Takes what `parsePolicy` takes; never throws. */
export function checkPolicy(input: string | Uint8Array, options: ParseOptions = {}): readonly Problem[] {
  return readText(input, options).problems;
}

function policyOf({ policy, problems }: Outcome, file: string | undefined): CompiledPolicy {
  if (policy !== undefined) return policy;
  throw new PolicyError(
    problems.filter((problem) => problem.severity === 'error'),
    file,
  );
}

function readText(input: string | Uint8Array, { file, readFile }: ParseOptions): Outcome {
  const refusals = new Refusals(input, file);
  const text = decode(input, refusals.refuse);
  const source = text === undefined ? undefined : readYaml(text, file, refusals.refuse);
  return source === undefined || refusals.list.length > 0
    ? { policy: undefined, problems: refusals.list }
    : judge(source, readFile);
}

function readValue(value: unknown, { file, readFile }: ParseOptions): Outcome {
  const refusals = new Refusals(undefined, file);
  const source = readObject(value, file, refusals.refuse);
  return refusals.list.length > 0 ? { policy: undefined, problems: refusals.list } : judge(source, readFile);
}

function judge(source: Source, readFile: ReadFile | undefined): Outcome {
  const problems = new Problems(source);
  const shaped = checkShape(source, problems);
  const names = gatherNames(source, problems);
  const policy =
    shaped && compilePolicyInput(new Context(problems.at(shaped.origin), names, source), shaped.input, readFile);
  return { policy: problems.count('error') === 0 ? policy : undefined, problems: problems.list() };
}

/** More than this is not told of a text that is no policy at all. */
const MAX_REFUSALS = 20;

/** Collects what makes a text no policy at all. */
class Refusals {
  readonly list: Problem[] = [];
  readonly #input: string | Uint8Array | undefined;
  readonly #file: string | undefined;

  constructor(input: string | Uint8Array | undefined, file: string | undefined) {
    this.#input = input;
    this.#file = file;
  }

  readonly refuse: Refuse = (code: PolicyErrorCode, path: Path, rule: string, offset: number): void => {
    if (this.list.length >= MAX_REFUSALS) return;
    const place = this.#input === undefined ? NOWHERE : new Lines(unmarked(this.#input)).place(offset);
    this.list.push({ severity: 'error', code, path, rule, value: undefined, file: this.#file, ...place });
  };
}

/** A refused text without its byte order mark, as far as it can be read: places are told in it. */
function unmarked(input: string | Uint8Array): string {
  const text =
    typeof input === 'string'
      ? input
      : new TextDecoder('utf-8', { ignoreBOM: true }).decode(input.subarray(0, MAX_BYTES));
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
