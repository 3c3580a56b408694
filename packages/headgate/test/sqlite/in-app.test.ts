import { createServer } from 'node:http';
import express5 from 'express';
import { expect, it } from 'vitest';
import { express } from '../../src/adapters/express/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { sqliteStore } from '../../src/stores/sqlite/index.ts';
import { listening } from '../adapters/framework.ts';
import { freshFile } from './files.ts';

const policy = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { month: { quota: 20/month, per: address } }
respond: { headers: { of: month, dialect: x-ratelimit } }
`);

/** An app that charges four more, asked at once by so many, from its start to its end; says what each was told. */
async function lifeOf(file: string, requests: number): Promise<readonly unknown[]> {
  const store = sqliteStore({ file });
  // What is asked here is where the quota stands: a machine that is busy writes later than an app would wait.
  const gate = express(policy, { store, storeDeadlineMs: 60_000 });
  const app = express5();
  app.use(gate);
  app.get('/', async (request, response) => void response.json((await gate.of(request).charge(4)).remaining));
  const { url, close } = await listening(createServer(app));
  const told = await Promise.all(Array.from({ length: requests }, async () => (await fetch(url)).status));
  const left = (await fetch(url)).headers.get('x-ratelimit-remaining');
  await close();
  await store.close();
  return [...told, left];
}

it('a quota that an app keeps in a file goes on where it was when the app is started anew', async () => {
  const file = freshFile();
  expect(await lifeOf(file, 2)).toEqual([200, 200, '5']);
  expect(await lifeOf(file, 0)).toEqual(['0']);
});
