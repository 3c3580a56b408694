import type { Leaf, OneOrMany } from './choice.ts';
import type { LimitName } from './limit.ts';

export interface AnswerDefinition {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, FieldValue>>;
  readonly body?: unknown;
  readonly codes?: Readonly<Record<string, string>>;
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
export type FieldValue = Leaf | readonly unknown[] | { readonly [name: string]: unknown };

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
