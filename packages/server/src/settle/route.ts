export const VERBS = ['settle', 'cancel', 'renew'] as const;
export type Verb = (typeof VERBS)[number];

export interface Route {
  readonly id: string;
  readonly verb: Verb;
}

const PATH = /^\/v1\/reservations\/([\w-]{1,128})\/([a-z]+)$/;

/** Where grants are given. */
export const GRANTS = '/v1/grants';

/** What a path names; undefined when it names nothing here. */
export function routeOf(url: string): Route | typeof GRANTS | undefined {
  const path = url.split('?', 1)[0] ?? '';
  if (path === GRANTS) return GRANTS;
  const [, id, word] = PATH.exec(path) ?? [];
  const verb = VERBS.find((each) => each === word);
  return id === undefined || verb === undefined ? undefined : { id, verb };
}
