import type { Choice, Leaf, OneOrMany } from './choice.ts';
import type { AppEventName } from './operation.ts';

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
