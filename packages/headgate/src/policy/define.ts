import type { NamedPolicy } from '../profile/index.ts';
import { compilePolicy } from './parse.ts';
import type { StrictLimits, StrictOverride } from './strict.ts';

/** A literal or an expression: `100/minute`, `25MB`, `account.seats`. */
type Leaf = string | number | boolean;

/** A row for every plan, or for some and `else`. Without plans there is no such table. */
type PlanTable<Plan extends string, Of> = [Plan] extends [never]
  ? never
  : | { readonly [Name in Plan]: Choice<Plan, Of> }
    | ({ readonly [Name in Plan]?: Choice<Plan, Of> } & { readonly else: Choice<Plan, Of> });

interface ByTable<Plan extends string, Of> {
  readonly by: string;
  readonly else?: Choice<Plan, Of>;
  readonly [row: string]: Choice<Plan, Of> | string | undefined;
}

interface Cases<Plan extends string, Of> {
  readonly cases: readonly { readonly when?: string; readonly use: Choice<Plan, Of> }[];
}

/** What the customer or an operator sets, within bounds. */
export interface SetFigure {
  readonly set: string;
  readonly default: string | number;
  readonly min?: string | number;
  readonly max?: string | number;
  readonly zero?: string | number;
  readonly minus?: string | number;
}

/** What grows with use. */
export interface RampFigure {
  readonly ramp: {
    readonly from: string | number;
    readonly add?: number;
    readonly times?: number;
    readonly every: string;
    readonly to: string | number;
    readonly while?: string;
    readonly rest?: string;
  };
}

/** A figure or a partition that may depend on something. */
export type Choice<Plan extends string, Of> =
  | Of
  | PlanTable<Plan, Of>
  | ByTable<Plan, Of>
  | Cases<Plan, Of>
  | SetFigure
  | RampFigure;

type Attributes = Readonly<Record<string, string | number | boolean>>;
type OneOrMany<Item> = Item | readonly Item[];

/** A text, or the variable of the environment that holds it. */
type SecretDefinition = string | { readonly env: string };

export interface JwtDefinition {
  readonly issuer: string;
  readonly audience: OneOrMany<string>;
  readonly jwks?: string | { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly secret?: SecretDefinition;
  readonly algorithms?: OneOrMany<string>;
  readonly tolerance?: string;
  readonly id?: string;
}

export interface DirectoryDefinition {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly send?: string;
  readonly headers?: Readonly<Record<string, SecretDefinition>>;
  readonly timeout?: string;
  readonly concurrent?: number;
  readonly cache?: {
    readonly found?: string;
    readonly missing?: string;
    readonly stale?: string;
    readonly entries?: number;
  };
}

export interface SourceDefinition<Plan extends string> {
  readonly header?: string;
  readonly bearer?: true | string;
  readonly basic?: true | string;
  readonly cookie?: string;
  readonly query?: string;
  readonly from?: 'proxy';
  /** `any`, `keys`, `jwt`, `http`, or the name of a function that the program registers. */
  readonly find: string;
  readonly keys?: Readonly<Record<string, Attributes & { readonly plan?: Plan }>>;
  readonly jwt?: OneOrMany<JwtDefinition>;
  readonly http?: DirectoryDefinition;
  readonly attributes?: Readonly<
    Record<string, string | { readonly at: string; readonly default?: string | number | boolean }>
  >;
}

export interface CalendarDefinition {
  readonly zone?: string;
  readonly anchor?: string | number;
  readonly week?: 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
}

export interface ScheduleDefinition {
  readonly zone?: string;
  readonly spans: OneOrMany<string>;
  readonly except?: OneOrMany<string>;
}

/** What the application reports. */
export type AppEventName = `app.${string}`;

export interface OperationDefinition<Plan extends string, Word extends string> {
  readonly match?: OneOrMany<string>;
  readonly event?: 'connect' | 'message.in' | 'message.out' | 'tick' | AppEventName;
  readonly every?: string;
  readonly when?: string;
  readonly each?: string;
  readonly name?: string;
  readonly group?: Word;
  readonly tags?: OneOrMany<Word>;
  readonly weight?: Choice<Plan, Leaf>;
  readonly set?: Readonly<Record<string, Choice<Plan, Leaf>>>;
}

export interface AnswerDefinition {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, FieldValue>>;
  readonly body?: unknown;
  readonly close?: number;
  readonly reason?: string;
  readonly advisory?: boolean;
  readonly drop?: true;
}

/** What must hold, and what is answered where it does not: `else`, or silence. */
export type RequirementDefinition =
  | { readonly that: string; readonly else: string | AnswerDefinition; readonly drop?: never }
  | { readonly that: string; readonly drop: true; readonly else?: never };

/** A template; a map or a list is written as JSON. */
type FieldValue = Leaf | readonly unknown[] | { readonly [name: string]: unknown };

/** A figure, the name of a meter, or what is reserved now and settled later. */
export type CostDefinition<Plan extends string> = Choice<Plan, Leaf> | ReservedDefinition<Plan>;

export interface ReservedDefinition<Plan extends string> {
  readonly reserve: Choice<Plan, Leaf>;
  readonly actual?: Choice<Plan, Leaf>;
  readonly lost?: Choice<Plan, Leaf>;
}

export interface MeterDefinition<Plan extends string> {
  readonly unit?: string;
  readonly precision?: number;
  readonly cost: CostDefinition<Plan>;
}

export interface HoldDefinition<Plan extends string, On extends string> {
  readonly id?: string;
  readonly until?: OneOrMany<On | 'response.end' | 'connection.closed' | AppEventName | EndDefinition<Plan, On>>;
  readonly lease?: Choice<Plan, string>;
  readonly hint?: string;
  readonly after?: string;
}

export interface EndDefinition<Plan extends string, On extends string> {
  readonly on: On | AppEventName;
  readonly when?: string;
  readonly id?: string;
  readonly cost?: Choice<Plan, Leaf>;
}

/** One step of a ladder: a fill, a condition, and what happens. */
export interface StepDefinition<Plan extends string, On extends string> {
  readonly at?: Choice<Plan, Leaf>;
  readonly when?: string;
  readonly deny?: string | AnswerDefinition;
  readonly block?: BlockDefinition<Plan, On>;
  readonly admit?: true;
  readonly bill?: string;
  readonly shadow?: true;
  readonly delay?: DelayDefinition<Plan>;
  readonly close?: string | AnswerDefinition;
  readonly drop?: true;
  readonly mark?: string;
  readonly notify?: OneOrMany<string>;
}

export interface DelayDefinition<Plan extends string> {
  readonly upTo: Choice<Plan, string>;
  readonly queue: Choice<Plan, Leaf>;
  readonly order?: string;
}

export interface BlockDefinition<Plan extends string, On extends string> {
  readonly for: Choice<Plan, string> | readonly Choice<Plan, string>[];
  readonly per?: Choice<Plan, string | readonly string[]>;
  readonly on?: OneOrMany<On | 'all'>;
  readonly forget?: Choice<Plan, string>;
  readonly extend?: boolean;
  readonly answer?: string | AnswerDefinition;
}

export interface ChannelDefinition {
  readonly log?: 'info' | 'warn' | 'error';
  readonly webhook?: string;
  readonly secret?: string | { readonly env: string };
}

export interface LimitDefinition<Plan extends string, Limit extends string, On extends string> {
  readonly rate?: Choice<Plan, Leaf> | readonly string[];
  readonly quota?: Choice<Plan, Leaf> | readonly string[];
  readonly concurrency?: Choice<Plan, Leaf>;
  readonly level?: Choice<Plan, Leaf>;
  readonly hold?: HoldDefinition<Plan, On>;
  readonly size?: Choice<Plan, Leaf>;
  readonly algorithm?: 'sliding' | 'fixed' | 'bucket' | 'gap' | 'decay';
  readonly burst?: Choice<Plan, Leaf>;
  readonly align?: 'first' | 'clock' | 'spread';
  readonly slices?: number;
  readonly calendar?: CalendarDefinition;
  readonly rollover?: { readonly upTo: Choice<Plan, Leaf>; readonly for?: number };
  readonly grants?: boolean;
  readonly of?: string;
  readonly per?: Choice<Plan, string | readonly string[]>;
  readonly on?: OneOrMany<On>;
  readonly except?: OneOrMany<On>;
  readonly when?: string;
  readonly replaces?: OneOrMany<Limit>;
  readonly cost?: CostDefinition<Plan>;
  /** `admitted`, `attempts`, an expression over the response, or the limits whose denials are counted. */
  readonly count?: string | { readonly denials: OneOrMany<Limit> };
  readonly past?: string | AnswerDefinition | OneOrMany<StepDefinition<Plan, On>>;
  readonly fail?: 'open' | 'closed' | 'local';
  /** A rate: that what it counts outlasts the process. */
  readonly durable?: boolean;
  readonly distinct?: string | { readonly of: string; readonly for?: string };
  readonly scope?: 'shared' | 'region' | 'node';
  readonly onChange?: 'keep' | 'reset' | 'scale';
  /** `stated`, `approximate`, `at-least`, `hidden`, or `words(…)`. */
  readonly publish?: Choice<Plan, string>;
  readonly was?: OneOrMany<string>;
  readonly label?: string;
  readonly unit?: string;
}

/** A limit, or one window of a limit that has several: `calls`, `calls.1m`. */
type LimitName<Limit extends string> = Limit | `${Limit}.${string}`;

export interface OverrideDefinition<Plan extends string, Limit extends string> {
  readonly for: Attributes;
  readonly limits?: { readonly [Name in LimitName<Limit>]?: Choice<Plan, Leaf> };
  readonly plan?: Plan;
  readonly lift?: OneOrMany<LimitName<Limit>>;
  readonly from: string;
  readonly until?: string;
  readonly reason: string;
  readonly by: string;
}

export interface HeadersDefinition<Limit extends string, On extends string> {
  readonly of: OneOrMany<LimitName<Limit>> | 'binding' | 'tightest';
  readonly on?: OneOrMany<On>;
  readonly only?: 'admitted' | 'denied' | 'succeeded';
  readonly when?: string;
  readonly marked?: string;
  readonly dialect?: 'x-ratelimit' | 'draft-02' | 'draft-03' | 'draft-06' | 'draft-07' | 'ratelimit';
  readonly prefix?: string;
  readonly policy?: string;
  readonly reset?: 'epoch' | 'epochMs' | 'delta' | 'iso' | 'http';
  readonly used?: boolean;
  readonly denied?: number;
  readonly partition?: boolean;
  readonly fields?: Readonly<Record<string, FieldValue>>;
  readonly join?: string;
  readonly each?: boolean;
}

export interface MergeDefinition<Limit extends string, On extends string> {
  readonly of: LimitName<Limit> | 'binding' | 'tightest';
  readonly on?: OneOrMany<On>;
  readonly when?: string;
  readonly marked?: string;
  readonly at: string;
  readonly body: unknown;
}

export interface EndpointDefinition {
  readonly match: OneOrMany<string>;
  readonly merge?: string;
}

/** A policy in TypeScript: the shape of `headgate.yaml`, with the names it declares known to the compiler. */
export interface PolicyDefinition<
  Plan extends string = string,
  Limit extends string = string,
  Operation extends string = string,
  Word extends string = string,
> {
  readonly headgate: 1;
  readonly name?: string;
  readonly calendar?: CalendarDefinition;
  readonly identify?: Readonly<Record<string, SourceDefinition<NoInfer<Plan>> | true>>;
  readonly unidentified?: string;
  readonly address?: {
    readonly trust?: OneOrMany<string>;
    readonly header?: string;
    readonly group?: { readonly v4?: number; readonly v6?: number };
  };
  readonly derive?: Readonly<Record<string, string>>;
  readonly plans?: readonly Plan[] | Readonly<Record<Plan, Attributes>>;
  readonly paths?: {
    readonly case?: 'sensitive' | 'insensitive';
    readonly params?: 'refuse' | 'ignore' | 'keep';
    readonly trailingSlash?: 'same' | 'distinct';
    readonly encodedSlash?: 'refuse' | 'keep';
    readonly doubleEscape?: 'refuse' | 'keep';
  };
  readonly operations?: Readonly<Record<Operation, OperationDefinition<NoInfer<Plan>, Word>>>;
  readonly tables?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
  readonly notes?: Readonly<Record<string, Choice<NoInfer<Plan>, Leaf>>>;
  readonly schedules?: Readonly<Record<string, ScheduleDefinition>>;
  readonly meters?: Readonly<Record<string, MeterDefinition<NoInfer<Plan>>>>;
  readonly notify?: Readonly<Record<string, ChannelDefinition>>;
  readonly require?: Readonly<Record<string, RequirementDefinition>>;
  readonly limits?: Readonly<Record<Limit, LimitDefinition<NoInfer<Plan>, NoInfer<Limit>, NoInfer<Operation | Word>>>>;
  readonly overrides?: readonly OverrideDefinition<NoInfer<Plan>, NoInfer<Limit>>[];
  readonly respond?: {
    readonly report?: 'binding' | 'first' | LimitName<NoInfer<Limit>>;
    readonly exceeded?: AnswerDefinition;
    readonly answers?: Readonly<Record<string, AnswerDefinition>>;
    readonly headers?: OneOrMany<HeadersDefinition<NoInfer<Limit>, NoInfer<Operation | Word>>>;
    readonly merge?: OneOrMany<MergeDefinition<NoInfer<Limit>, NoInfer<Operation | Word>>>;
    readonly help?: string;
    readonly expose?: boolean;
  };
  readonly endpoints?: Readonly<Record<string, EndpointDefinition>>;
}

/**
 * A policy written in TypeScript. A table that misses a plan or has a row for none, or a name that is declared nowhere, is
 * a type error;
 * everything else is checked as for a file.
 * @throws PolicyError with all that is wrong with it
 */
export function definePolicy<
  const Plan extends string = never,
  const Limit extends string = never,
  const Operation extends string = never,
  const Word extends string = never,
  const Limits = unknown,
  const Override = unknown,
>(
  definition: PolicyDefinition<Plan, Limit, Operation, Word> & {
    readonly limits?: Limits & StrictLimits<NoInfer<Limits>, NoInfer<Plan>>;
    readonly overrides?: readonly (Override & StrictOverride<NoInfer<Override>, NoInfer<Plan>>)[];
  },
): NamedPolicy<{ limit: LimitName<Limit>; plan: Plan; operation: Operation }> {
  return compilePolicy(definition);
}
