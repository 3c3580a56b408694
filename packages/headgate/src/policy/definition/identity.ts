import type { Attributes, OneOrMany } from './choice.ts';

/** A text, or the variable of the environment that holds it. */
export type SecretDefinition = string | { readonly env: string };

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
  readonly certificate?: 'fingerprint' | 'subject' | 'subject.cn' | 'san.dns' | 'san.uri' | 'san.email';
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
