import type { Choice, Leaf, OneOrMany } from './choice.ts';
import type { AnswerDefinition } from './respond.ts';

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
  readonly webhook?: ReceiverDefinition;
  readonly email?: ReceiverDefinition;
  readonly secret?: string | { readonly env: string };
}

/** Where something is sent: a text or an expression, a variable that holds it, or a choice of texts. */
export type ReceiverDefinition = { readonly env: string } | Choice<string, string>;
