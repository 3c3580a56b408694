import type { Attributes, Choice, Leaf, OneOrMany } from './choice.ts';
import type { CostDefinition } from './cost.ts';
import type { HoldDefinition } from './hold.ts';
import type { StepDefinition } from './ladder.ts';
import type { AnswerDefinition } from './respond.ts';
import type { CalendarDefinition } from './time.ts';

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
export type LimitName<Limit extends string> = Limit | `${Limit}.${string}`;

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
