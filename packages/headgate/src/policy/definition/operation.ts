import type { Choice, Leaf, OneOrMany } from './choice.ts';

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
