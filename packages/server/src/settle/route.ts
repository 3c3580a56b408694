export const VERBS = ['settle', 'cancel', 'renew'] as const;
export type Verb = (typeof VERBS)[number];

export interface Route {
  readonly id: string;
  readonly verb: Verb;
}

const PATH = /^\/v1\/reservations\/([\w-]{1,128})\/([a-z]+)$/;

/** What a path names; undefined when it names nothing here. */
export function routeOf(url: string): Route | undefined {
  const [, id, word] = PATH.exec(url.split('?', 1)[0] ?? '') ?? [];
  const verb = VERBS.find((each) => each === word);
  return id === undefined || verb === undefined ? undefined : { id, verb };
}
