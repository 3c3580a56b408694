import type { Attributes, Choice, Leaf, OneOrMany } from './choice.ts';
import type { MeterDefinition } from './cost.ts';
import type { SourceDefinition } from './identity.ts';
import type { ChannelDefinition } from './ladder.ts';
import type { LimitDefinition, LimitName, OverrideDefinition } from './limit.ts';
import type { OperationDefinition } from './operation.ts';
import type {
  AnswerDefinition,
  EndpointDefinition,
  HeadersDefinition,
  MergeDefinition,
  RequirementDefinition,
} from './respond.ts';
import type { CalendarDefinition, ScheduleDefinition } from './time.ts';

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
  readonly unidentified?: Choice<NoInfer<Plan>, Leaf>;
  readonly address?: {
    readonly trust?: OneOrMany<string>;
    readonly header?: string;
    readonly when?: string;
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
