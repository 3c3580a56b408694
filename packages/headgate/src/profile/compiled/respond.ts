import type { Expr } from '../expression/expr.ts';
import type { Operation } from './operation.ts';
import type { BodyTemplate, FieldTemplate, Template } from './template.ts';

export interface Answer {
  readonly name: string;
  readonly status: number;
  /** Media type; undefined: JSON for maps and lists, plain text for text. */
  readonly type?: string;
  readonly headers: readonly FieldTemplate[];
  /** `false`: the answer tells no `Retry-After`, as its page says. */
  readonly retryAfter?: false;
  readonly body?: BodyTemplate;
  /** May tell a shorter wait than the true one. */
  readonly advisory?: true;
  /** Not told at all, where a connection can be closed without. */
  readonly silent?: true;
  /** The same answer in other protocols, by their names. */
  readonly codes?: readonly (readonly [protocol: string, Template])[];
  /** As the answer to a message: ends its web socket with this code (RFC 6455 7.4), and these words. */
  readonly close?: number;
  readonly reason?: Template;
}

export type Dialect = 'x-ratelimit' | 'draft-02' | 'draft-03' | 'draft-06' | 'draft-07' | 'ratelimit';

export interface HeaderBlock {
  /** Limit names, or which limit to speak of. */
  readonly of: readonly string[] | 'binding' | 'tightest';
  readonly operations?: readonly string[];
  readonly only?: 'admitted' | 'denied' | 'succeeded';
  readonly when?: Expr;
  /** Only on requests that a ladder has marked so. */
  readonly marked?: string;
  readonly dialect?: Dialect;
  /** Of the dialect's field names, instead of its own: `X-Rate-Limit-`. */
  readonly prefix?: string;
  readonly policy?: Template;
  readonly reset: 'epoch' | 'epochMs' | 'delta' | 'iso' | 'http';
  readonly used: boolean;
  /** The remaining that a denial shows, when not the true one. */
  readonly denied?: number;
  /** Whether the dialect tells partitions apart, by an opaque key. */
  readonly partition?: true;
  readonly fields: readonly FieldTemplate[];
  readonly join: string;
  readonly each: boolean;
}

/** What is written into an upstream's successful JSON body. */
export interface Merge {
  readonly of: HeaderBlock['of'];
  readonly operations?: readonly string[];
  readonly when?: Expr;
  readonly marked?: string;
  /** The reference tokens of a JSON pointer (RFC 6901), unescaped; at least one. */
  readonly at: readonly string[];
  readonly body: BodyTemplate;
}

/** Where callers read their own state. */
export interface Endpoint {
  readonly name: string;
  readonly routes: Operation['routes'];
  /** Tokens of a JSON pointer: the state goes into the upstream's body there; undefined: it is answered here. */
  readonly merge?: readonly string[];
}

export interface Respond {
  /** Which denying limit an answer speaks of: `binding`, `first` or a limit's name. */
  readonly report: string;
  /** By name; `exceeded`, `unauthorized` and `unidentified` always exist. */
  readonly answers: readonly Answer[];
  readonly headers: readonly HeaderBlock[];
  readonly merge: readonly Merge[];
  /** Where a caller asks for more: an absolute URI. */
  readonly help?: string;
  readonly expose: boolean;
}
