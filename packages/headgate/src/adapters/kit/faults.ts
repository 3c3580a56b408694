/** Faults of mounting Headgate in an app, and of asking it there, by their stable code. */
export const ADAPTER_ERRORS = {
  ERR_ADAPTER_OPTION: 'an option of an adapter is not one that can be used, or does not go with the others',
  ERR_ADAPTER_PEER: 'nobody says from which address requests come, and on this platform they do not say it themselves',
  ERR_ADAPTER_ROUTE:
    'a limit of a route has the name of another one, does not say whose counter it is, or is written where it cannot be',
  ERR_ADAPTER_UNJUDGED:
    'a decision was asked for on a request that was not judged: nothing is mounted before this handler',
} as const;

/** What can be wrong with how Headgate is mounted, by its stable code: told once, at start or at first sight, and never an error. */
export const ADAPTER_WARNINGS = {
  WARN_ADAPTER_TRUST_ALL:
    'addresses all over the Internet are trusted as proxies, so that anybody may say who they are',
  WARN_ADAPTER_TRUST_NONE:
    'a request came with the field of a proxy, and no proxy is trusted: everybody behind it is one address',
  WARN_ADAPTER_IN_HANDLER: 'a limiter is made again after it has served: each one made counts from nothing',
  WARN_ADAPTER_TWICE: 'the same limiter is mounted twice before one handler; a request is counted once',
  WARN_ADAPTER_KEY_THREW: 'the key function threw; the request is counted on its address',
  WARN_ADAPTER_KEY_NOTHING: 'the key function returned no text; the request is counted on its address',
  WARN_ADAPTER_KEY_PROMISE:
    'the key function returned a promise, which is not awaited; the request is counted on its address',
  WARN_ADAPTER_KEY_CHOSEN:
    'the key function reads what a caller may write as it likes: whoever changes it has a fresh allowance',
  WARN_ADAPTER_STORE_SHARED: 'one store is given to two policies',
  WARN_ADAPTER_UNGUARDED: 'a web socket gateway of Nest is not behind the guard: nothing of what it takes is counted',
  WARN_ADAPTER_FAULT: 'a request could not be judged, and was answered with 500',
} as const;

export type AdapterWarningCode = keyof typeof ADAPTER_WARNINGS;
