import type { PolicyErrorCode } from '../../src/policy/index.ts';

/** What it is, the text, the code it is refused with, and a piece of the advice. */
export type Row = readonly [what: string, text: string, code: PolicyErrorCode, says?: string];

export const HEAD: string = 'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\n';
export const limit = (body: string): string => `${HEAD}limits: { a: { ${body} } }`;
export const rate = (written: string): string => limit(`rate: ${written}`);
export const quota = (written: string): string => limit(`quota: ${written}`);
export const answer = (body: string): string => `${HEAD}respond: { exceeded: { ${body} } }`;
export const block = (body: string): string =>
  `${HEAD}limits: { a: { rate: 1/s } }\nrespond: { headers: { of: a, ${body} } }`;
export const operations = (body: string): string => `${HEAD}operations: { ${body} }`;
export const override = (body: string): string =>
  `${HEAD}limits: { a: { rate: 1/s }, b: { rate: [1/s, 5/m] } }\noverrides: [${body}]`;
export const ASIDE: string = 'from: 2026-01-01, reason: r, by: b';
export const deep = (levels: number): string => `headgate: 1\nx: ${'['.repeat(levels)}1${']'.repeat(levels)}`;
