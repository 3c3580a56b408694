/** What the little API answers. Every framework serves the same one, each in its own words. */
export interface Reply {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly reply: (body: string) => Reply;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const json = (status: number, value: unknown, fields: Reply['fields'] = {}): Reply => ({
  status,
  fields: { 'Content-Type': JSON_TYPE, ...fields },
  body: JSON.stringify(value),
});

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/files', reply: () => json(200, { files: ['a', 'b'] }) },
  { method: 'POST', path: '/files', reply: (body) => json(201, { received: body }) },
  {
    method: 'GET',
    path: '/files/one',
    reply: () => ({ status: 200, fields: { 'Content-Type': 'text/plain; charset=utf-8' }, body: 'one' }),
  },
  { method: 'DELETE', path: '/files/one', reply: () => ({ status: 204, fields: {}, body: '' }) },
  { method: 'GET', path: '/boom', reply: () => json(500, { error: 'boom' }) },
  { method: 'GET', path: '/moved', reply: () => json(302, { to: '/files' }, { Location: '/files' }) },
  {
    method: 'GET',
    path: '/lies',
    reply: () =>
      json(
        200,
        { lies: true },
        { 'X-RateLimit-Limit': '1', 'X-RateLimit-Remaining': '0', RateLimit: '"mine";r=0', 'X-Own': 'kept' },
      ),
  },
  {
    method: 'GET',
    path: '/exposed',
    reply: () => json(200, {}, { 'Access-Control-Expose-Headers': 'X-Own', 'X-Own': 'kept' }),
  },
];

export const NOT_FOUND: Reply = json(404, { error: 'nothing here' });

/** Of a request that no framework has routed. */
export function find(method: string, path: string): Route | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method;
  return ROUTES.find((route) => route.method === wanted && route.path === path);
}
