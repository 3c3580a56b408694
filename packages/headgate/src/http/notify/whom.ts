import ipaddr from 'ipaddr.js';
import { isReference, scalarOf, type Receiver, type Scope } from '../../profile/index.ts';
import { secretOf } from '../identify/find/sent.ts';
import type { Outside } from '../outside.ts';

export interface Found {
  readonly text: string;
  /** Whether somebody else than the policy named it. */
  readonly isForeign: boolean;
}

/** Finds the receiver of what is about one subject; undefined where there is none that may be told. */
export type Whom = (scope: () => Scope) => Found | undefined;

/**
 * What the policy or the environment says is taken at its word. What an attribute says was written by somebody else, and is only told if
 * it can be meant for the world outside: `check` says so.
 * @throws HeadgateError `ERR_SECRET` for a variable that is not set
 */
export function whomOf(receiver: Receiver, env: Outside['env'], path: string, check: (text: string) => boolean): Whom {
  if (isReference(receiver)) {
    const found = { text: secretOf(receiver, env, path), isForeign: false };
    return () => found;
  }
  const trusted = literalsOf(receiver);
  return (scope) => {
    const text = scalarOf(receiver, scope());
    if (typeof text !== 'string') return undefined;
    const isForeign = !trusted.has(text);
    return isForeign && !check(text) ? undefined : { text, isForeign };
  };
}

/** Every text that the policy itself says. */
function literalsOf(value: Exclude<Receiver, { env: string }>): ReadonlySet<string> {
  if (value.is === 'table')
    return union([...value.rows.map(([, row]) => row), ...(value.else === undefined ? [] : [value.else])]);
  if (value.is === 'cases') return union([...value.cases.map(({ use }) => use), value.else]);
  return new Set(value.is === 'literal' && typeof value.value === 'string' ? [value.value] : []);
}

function union(values: readonly Exclude<Receiver, { env: string }>[]): ReadonlySet<string> {
  return new Set(values.flatMap((value) => [...literalsOf(value)]));
}

const MAX_URL = 2048;
/** Names of this machine and of networks that are nobody else's (RFC 6761, 6762, 8375; ICANN's .internal). */
const INSIDE = /(?:^|\.)(?:localhost|local|internal|home\.arpa|lan|intranet|corp|test|invalid|onion)\.?$/;

/** Whether a web hook that somebody else named can be meant for the world outside: a name that resolves inside is the sender's to refuse. */
export function isOutside(text: string): boolean {
  if (text.length > MAX_URL || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, port } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '' || !(port === '' || Number(port) > 1023))
    return false;
  const bare = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) ? isPublic(bare) : bare.includes('.') && !INSIDE.test(bare);
}

/** Whether an address is one of the world outside: no other is asked because somebody else named it. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast';
}

/** One mailbox, and nothing that a header could take for more. */
const MAILBOX =
  /^[^\s@,;:<>()[\]\\"]{1,64}@(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;

export function isMailbox(text: string): boolean {
  return MAILBOX.test(text);
}
