/** Faults of mounting Headgate in an app, and of asking it there, by their stable code. */
export const ADAPTER_ERRORS = {
  ERR_ADAPTER_OPTION: 'an option of an adapter is not one that can be used, or does not go with the others',
  ERR_ADAPTER_PEER: 'nobody says from which address requests come, and on this platform they do not say it themselves',
  ERR_ADAPTER_ROUTE:
    'a limit of a route has the name of another one, does not say whose counter it is, or is written where it cannot be',
  ERR_ADAPTER_LATER:
    'an answer was read before it was there: the store answers later, and what is asked of it has to be awaited',
  ERR_ADAPTER_UNJUDGED:
    'a decision was asked for on a request that was not judged: nothing is mounted before this handler',
} as const;

/** What can be wrong with how Headgate is mounted, by its stable code: told once, at start or at first sight, and never an error. */
export const ADAPTER_WARNINGS = {
  WARN_ADAPTER_TRUST_ALL: {
    is: 'addresses all over the Internet are trusted as proxies, so that anybody may say who they are',
    advice: 'Name the proxies that stand before this app: trust: ["10.0.0.0/8"].',
  },
  WARN_ADAPTER_TRUST_NONE: {
    is: 'a request came with the field of a proxy, and no proxy is trusted: everybody behind one is counted as one address',
    advice:
      'If a proxy stands before this app, name it: trust: ["10.0.0.0/8"]. If none does, a caller made it up, and nothing is amiss.',
  },
  WARN_ADAPTER_TRUST_OTHER: {
    is: 'a request came with the field of a proxy from an address that is not trusted: everybody behind it is counted as one address',
    advice:
      'If that is a proxy of yours, name it in trust, too. If it is none, a caller made it up, and nothing is amiss.',
  },
  WARN_ADAPTER_TRUST_FIELD: {
    is: 'a proxy that is trusted names its caller in a field that is not read: everybody behind it is counted as one address',
    advice: 'Have it write X-Forwarded-For; or name the field in a policy: address: { trust, header: Forwarded }.',
  },
  WARN_ADAPTER_PEER_NONE: {
    is: 'a request came from no address, as over a Unix socket: all that do are counted as one',
    advice: 'Listen on an address, such as 127.0.0.1, and trust that; or say who asks by key.',
  },
  WARN_ADAPTER_PEER_CHOSEN: {
    is: 'peer reads a list that a caller begins: what it makes up is taken for its address',
    advice: 'Read the field that the platform alone writes; or of the list the last address, as in at(-1).',
  },
  WARN_ADAPTER_IN_HANDLER: {
    is: 'a limiter is made in a handler: each one that is made counts from nothing',
    advice: 'Make it once, beside the app, and mount that; where several are meant, give all of them one store.',
  },
  WARN_ADAPTER_TWICE: {
    is: 'the same limiter is mounted twice before one handler; a request is counted once',
    advice: 'Mount it once: before all routes, or on each.',
  },
  WARN_ADAPTER_NAMES: {
    is: 'limits of two limiters that one request meets have one name; callers are told of the later one by another',
    advice: 'Name them: { limits: { login: "5/minute" } } in place of "5/minute".',
  },
  WARN_ADAPTER_KEY_THREW: {
    is: 'the key function threw; the request is counted on its address',
    advice: 'Have it return null for a caller that has no key.',
  },
  WARN_ADAPTER_KEY_NOTHING: {
    is: 'the key function returned no text; the request is counted on its address',
    advice: 'Mount the limiter behind what tells who asks, and return that as text; null for a caller that has no key.',
  },
  WARN_ADAPTER_KEY_PROMISE: {
    is: 'the key function returned a promise, which is not awaited; the request is counted on its address',
    advice: 'Find out who asks before the limiter; or in a policy, whose sources may wait: identify, with find.',
  },
  WARN_ADAPTER_KEY_BLANK: {
    is: 'the key function wrote what is not there as text: all callers of whom it is missing are one',
    advice: 'Return null for a caller that has no key.',
  },
  WARN_ADAPTER_KEY_ADDRESS: {
    is: 'the key function returned an address: each one of an IPv6 network has an allowance of its own',
    advice: 'Return null for it: addresses are counted by network, behind proxies too, which trust names.',
  },
  WARN_ADAPTER_KEY_CHOSEN: {
    is: 'the key function reads what a caller may write as it likes: whoever changes it has a fresh allowance',
    advice: 'Key by what was proved before the limiter; where what it reads was, say so with keyReads.',
  },
  WARN_ADAPTER_STORE_SHARED: {
    is: 'one store is given to two policies: their limits of one name and window count together, and no others do',
    advice: 'Give each policy a store of its own, or put all limits into one policy.',
  },
  WARN_ADAPTER_UNGUARDED: {
    is: 'a web socket gateway of Nest is not behind the guard: nothing of what it takes is counted',
    advice: 'Write @Limited() on it; or @SkipLimit(), if nothing of it is to be counted.',
  },
  WARN_ADAPTER_EVENTS: {
    is: 'the policy has limits on messages or ticks of connections, which only the gateway reads: in an app they never happen',
    advice: 'Tell the gate of them yourself, as events of the application: gate.event("app.message", { subject }).',
  },
  WARN_ADAPTER_FAULT: {
    is: 'a request could not be judged, and was answered with 500',
    advice: 'See what failed, the store mostly; give onFault to hear of each.',
  },
} as const;

export type AdapterWarningCode = keyof typeof ADAPTER_WARNINGS;
