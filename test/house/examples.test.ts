/* oxlint-disable no-await-in-loop -- one after another */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listening } from './listening.ts';
import { root } from './temporary.ts';

const names = globSync('examples/*.ts', { cwd: root }).map((file) => basename(file, '.ts'));

interface Told {
  readonly status: number;
  readonly remaining: number | undefined;
}

async function ask(url: string, path: string, method = 'GET'): Promise<Told> {
  const response = await fetch(url + path, { method });
  const { remaining } = (await response.json()) as { remaining?: number }; // as every example answers
  return { status: response.status, remaining };
}

test('there is one an adapter', () => {
  expect(names.toSorted()).toEqual(['express', 'fastify', 'fetch', 'hono', 'koa', 'nest', 'node']);
});

describe.each(names)('the example of %s', (name) => {
  test('tells how its caller stands, costs more where it says so, and has a limit of its own', async () => {
    const url = await listening([join(root, 'scripts/example.mjs'), name], root);
    const plain = [await ask(url, '/'), await ask(url, '/search'), await ask(url, '/report')];
    expect(plain.map(({ remaining }) => remaining)).toEqual([99, 94, 90]);
    for (let i = 0; i < 5; i++) expect((await ask(url, '/login', 'POST')).status).toBeLessThan(300);
    expect((await ask(url, '/login', 'POST')).status).toBe(429);
    expect(await ask(url, '/')).toEqual({ status: 200, remaining: 84 });
  });
});
