import type { Expectation, Program } from '../core/index.ts';
import type { Published } from './planner/publish.ts';
import type { Action, Hold, LimitKind, Literal, Measure } from './compiled.ts';
import type { Expr, Scope, Standing } from './expression/index.ts';

/**
 * Who asks: attributes by name; `auth` says by which source, `address` from where. An empty `auth` means that nobody
 * was identified: only limits on the address, or on all, reach such a caller.
 */
export interface Subject {
  readonly auth: string;
  readonly address: string;
  readonly plan?: string;
  readonly [attribute: string]: Literal | undefined;
}

/** What expressions may read of a request. Header names are lower case. */
export interface RequestFacts {
  readonly method: string;
  /** Whether it is a HEAD, whose `method` is the GET that it asks about. */
  readonly head?: boolean;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Declared length of the body, 0 when it has none; undefined when it is not declared. */
  readonly bytes: number | undefined;
  /** What its JSON body says, where it was read; undefined: there is none, or nothing asks for it. */
  readonly body?: unknown;
  /** What is known before it passes of a body that is one file and declares its length. */
  readonly file?: {
    readonly bytes: number;
    readonly type: string;
    readonly name: string;
    /** All that it may be taken for, as far as its words tell. */
    readonly kinds: readonly string[];
  };
  /** How many files it brought, once all of it has passed. */
  readonly files?: number;
}

/** What expressions may read of a message on a connection. */
export interface MessageFacts {
  /** Of its payload, all fragments together. */
  readonly bytes: number;
  readonly type: 'text' | 'binary';
  /** What its JSON says, where something asks for that; undefined: it is none. */
  readonly body?: unknown;
}

/** What expressions may read of the connection on which something happens. */
export interface ConnectionFacts {
  /** Made by the server: never the same twice. */
  readonly id: string;
  /** For how long it has been open. */
  readonly ms: number;
}

/** What is asked: the operation's index in the policy, or -1 with its own name when none are declared. */
export interface OperationHit {
  readonly index: number;
  readonly name: string;
  readonly path: Readonly<Record<string, string>>;
  /** The path of the route that it came by, and what its `**` stood for. */
  readonly route?: string;
  readonly rest?: string;
}

export interface Ask {
  readonly subject: Subject;
  readonly operation: OperationHit;
  readonly request: RequestFacts;
  /** What the application says about this operation. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The name of an event of the application's. */
  readonly event?: string;
  /** Of an event on a connection. `request` is then the one that opened it. */
  readonly connection?: ConnectionFacts;
  readonly message?: MessageFacts;
  /** Wall time in ms since the epoch: which segments, which overrides. */
  readonly nowMs: number;
  /** How the limits stand whose use figures read, by name, where there are any: see {@link Planner.rounds}. */
  readonly standings?: ReadonlyMap<string, Standing>;
}

/** A subject's limits as they stand. Without a request, those that it could meet with any. */
export type SurveyAsk = Omit<Ask, 'request'> & { readonly request?: RequestFacts };

/** What a check is called, and what headers and bodies say of it. Parallel to `program.checks`, as far as these are no blocks. */
export interface PlannedLimit {
  readonly name: string;
  readonly label: string;
  /** What its caller is told that it is called, where that is another name. */
  readonly told?: string;
  readonly unit: string;
  readonly kind: LimitKind;
  /** Position in the policy: ties are told in file order. */
  readonly order: number;
  /** The figure that headers call the limit: a bucket's burst, else the amount. In what people read: of money, not millionths. */
  readonly shown: number;
  readonly amount: number;
  readonly windowMs: number;
  readonly period: string | undefined;
  readonly answer: string;
  readonly overridden: boolean;
  readonly published: Published;
  readonly fail: 'open' | 'closed' | 'local';
  /** What it measures while the body passes, and of which files: those for which `when` holds, or cannot be told. */
  readonly measures: Measure | undefined;
  readonly when: Expr | undefined;
  /** One that people read is ten to the power of this many units. */
  readonly precision: number;
  readonly hold: Hold | undefined;
  /** What happens at which fill; undefined: what would pass 100 % is denied, with `answer`. */
  readonly ladder: PlannedLadder | undefined;
}

/** A ladder, of which it is known which steps hold for an ask. */
export interface PlannedLadder {
  /** What decides, ascending: parallel to the check's rungs, where it has any. */
  readonly rungs: readonly PlannedRung[];
  /** What only happens beside: from where on, in parts of a thousand. */
  readonly tells: readonly PlannedTell[];
}

export interface PlannedRung {
  readonly permille: number;
  /** Of a bucket that holds back: how long at most. */
  readonly delayMs?: number;
  /** The first whose condition holds, of those without one the first. A condition here reads `reason`: why it was refused. */
  readonly choices: readonly { readonly when: Expr | undefined; readonly action: Action }[];
}

export interface PlannedTell {
  readonly permille: number;
  readonly action: Extract<Action, { is: 'notify' | 'mark' }>;
}

/** A block that an ask must obey. */
export interface PlannedBlock {
  /** The limit that sets it. */
  readonly limit: string;
  readonly order: number;
  readonly answer: string;
}

export interface Plan {
  /**
   * Set when the request is refused before any counter is touched: the answer's name. The program then holds only
   * limits that count attempts, and may hold none: apply it for the count, and answer this whatever it says.
   */
  readonly refused: string | undefined;
  readonly program: Program;
  readonly keys: readonly string[];
  readonly costs: readonly number[];
  readonly limits: readonly PlannedLimit[];
  /** Parallel to the checks that follow those of the limits. */
  readonly blocks: readonly PlannedBlock[];
  /** What each check leaves behind when nobody settles it; undefined when the program reserves nothing. */
  readonly losses: readonly number[] | undefined;
  /** What each check costs once it has lasted as long as its limit says (`Hold.after`); undefined where none waits for that. */
  readonly awaited?: readonly number[] | undefined;
  /** Limits whose ramps stand last among the checks, two of each; undefined: none. */
  readonly ramps?: readonly string[];
  /** To be peeked at by whoever is told to wait until `fromAtMs` or longer: with limits that apply only then. */
  readonly later?: Later | undefined;
}

/** The checks of a plan, and those that apply later. */
export interface Later {
  readonly fromAtMs: number;
  readonly program: Program;
  readonly keys: readonly string[];
  readonly costs: readonly number[];
}

/** What one round looks at: the plan to peek at, and how those stand that have no counter to be looked at. */
export interface Round {
  readonly plan: Plan;
  readonly standings: ReadonlyMap<string, Standing>;
}

/** Turns one request into one step. Pure: the same ask gives the same plan. */
export interface Planner {
  /** @throws PlanFault when a figure cannot be told: 400 when the request is at fault, 500 when it is not. */
  plan(ask: Ask): Plan;
  /**
   * Every limit that bears on an ask, whatever would refuse it, at no cost: to be peeked at, for those who tell a caller how
   * things stand. A limit that cannot be told is left out; without a request also one whose figure, or whose counter, is a
   * matter of the request.
   */
  survey(ask: SurveyAsk): Plan;
  /**
   * How often counters must be looked at before an ask can be planned, since figures read how limits stand: 0 for most policies. One
   * round may need what the one before it found.
   */
  readonly rounds: number;
  /** What to peek at in a round, at no cost. */
  round(ask: SurveyAsk, round: number): Round;
  /**
   * Between which standings of a check the same would have been planned: what must still hold when the step is carried out. `plan`
   * is that of the ask. One for each check of it whose standing was read. Exact for figures that turn once as use grows.
   */
  expects(ask: Ask, plan: Plan): readonly Expectation[];
  /** What expressions see of an ask: derived attributes and the plan in force among it, and `roots` that a place adds. */
  scope(ask: SurveyAsk, roots?: Readonly<Record<string, unknown>>): Scope;
}
