import type { Literal } from './value.ts';

/** Where a caller shows who it is. The first source that is present decides. */
export interface IdentitySource {
  /** Becomes `subject.auth`, and names the attribute that says who it is. */
  readonly name: string;
  /** `proxy`: believed from a peer in `address.trust` alone; from anybody else it is as if it were not there. */
  readonly from: 'anyone' | 'proxy';
  /** Places to look, in order; lower-case header names, fields of certificates. `prefix` keeps only values that begin so (`ghs_*`). */
  readonly places: readonly {
    readonly in: 'header' | 'bearer' | 'basic' | 'cookie' | 'query' | 'certificate';
    readonly name: string;
    readonly prefix: string;
  }[];
  readonly find: Find;
  /** What the subject gets of what was found. Without any, `function` gives all it returned, and the others nothing. */
  readonly attributes: readonly FoundAttribute[];
}

/** What of a client certificate says who it is. */
export type CertificateField = 'fingerprint' | 'subject' | 'subject.cn' | 'san.dns' | 'san.uri' | 'san.email';

/** How a credential becomes a subject. */
export type Find =
  /** Every value is its own subject. */
  | { readonly is: 'any' }
  | { readonly is: 'keys'; readonly keys: readonly ListedKey[] }
  | { readonly is: 'jwt'; readonly issuers: readonly Issuer[] }
  | { readonly is: 'http'; readonly directory: Directory }
  /** A function that the program around the gate registers under this name. */
  | { readonly is: 'function'; readonly name: string };

export interface ListedKey {
  /** Plain, or `sha256:` and 64 hex digits. */
  readonly key: string;
  readonly attributes: Readonly<Record<string, Literal>>;
}

/** An attribute and where it stands in claims or in a body: member names from the top. Without `default` it must be there. */
export interface FoundAttribute {
  readonly name: string;
  readonly at: readonly string[];
  readonly default?: Literal;
}

/** Who signs tokens (RFC 7519), and what makes one of theirs good here. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly keys:
    | { readonly are: 'at'; readonly url: string }
    | { readonly are: 'here'; readonly jwks: readonly Readonly<Record<string, unknown>>[] }
    | { readonly are: 'shared'; readonly secret: Secret };
  readonly toleranceMs: number;
  /** Where the claims say who it is. */
  readonly id: readonly string[];
}

/** A text that should not stand in a policy: either it does, or a variable of the environment holds it. */
export type Secret = { readonly text: string } | { readonly env: string };

/** An HTTP service that knows credentials. */
export interface Directory {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** How the credential is sent: `bearer`, `basic`, or as a header of this name. */
  readonly send: string;
  readonly headers: readonly (readonly [name: string, value: Secret])[];
  readonly timeoutMs: number;
  /** How long an answer is believed: who was found, and that nobody was. */
  readonly foundMs: number;
  readonly missingMs: number;
  /** How much longer somebody who was found stays known while the service does not answer. */
  readonly staleMs: number;
  /** Most answers remembered, of each kind. */
  readonly entries: number;
  /** Most calls at once. */
  readonly concurrent: number;
}
