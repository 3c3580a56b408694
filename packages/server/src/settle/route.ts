export const VERBS = ['settle', 'cancel', 'renew'] as const;
export type Verb = (typeof VERBS)[number];

/** What the API says of one reservation or of an event, or an operator of one limit. */
export type Route =
  | { readonly verb: Verb; readonly id: string }
  | { readonly verb: 'adjust'; readonly limit: string }
  | { readonly verb: 'grant' }
  | { readonly verb: 'event'; readonly event: string };

const RESERVATION = /^\/v1\/reservations\/([\w-]{1,128})\/([a-z]+)$/;
/** Names as a policy writes them; those of several windows have a dot. */
const LIMIT = /^\/v1\/limits\/([\w.-]{1,128})\/adjust$/;

/** Names of events, without what they begin with in a policy. */
const EVENT = /^\/v1\/events\/(?:app\.)?([A-Za-z][\w-]{0,63})$/;

/** What a path names; undefined when it names nothing here. */
export function routeOf(url: string): Route | undefined {
  const [path = ''] = url.split('?', 1);
  const [, limit] = LIMIT.exec(path) ?? [];
  if (limit !== undefined) return { verb: 'adjust', limit };
  if (path === '/v1/grants') return { verb: 'grant' };
  const [, event] = EVENT.exec(path) ?? [];
  if (event !== undefined) return { verb: 'event', event };
  const [, id, word] = RESERVATION.exec(path) ?? [];
  const verb = VERBS.find((each) => each === word);
  return id === undefined || verb === undefined ? undefined : { id, verb };
}
