/* oxlint-disable no-await-in-loop -- one request after another */
import { parsePolicy } from 'headgate/policy';
import { describe, expect, it } from 'vitest';
import { ask, dial, until } from '../support.ts';
import { KEY, studio, STUDIO, type Studio } from './studio.ts';

const NOTICED = STUDIO.replace(
  'fail: closed',
  'fail: closed, past: [{ at: 50%, notify: owner }, { at: 80%, notify: [owner, desk] }, { at: 100%, notify: desk }, { deny: exceeded }]',
).replace('endpoints:', 'notify: { owner: { log: info }, desk: { log: error } }\nendpoints:');

/** Answers with what the request names. */
const says: Parameters<typeof studio>[0] = (incoming, response) =>
  void response.writeHead(200, { 'Content-Type': 'application/json' }).end(incoming.headers['x-say']);

async function metrics({ gateway }: Studio): Promise<Readonly<Record<string, number>>> {
  const { body } = await ask(`${gateway.adminUrl}/metrics`);
  const lines = body.split('\n').filter((line) => /^headgate_(?!request_duration)/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

describe('an operator', () => {
  it('is told of a budget at 50, 80 and 100 %, once a period each, on the level of the channel', async () => {
    const all = await studio(says, { policy: NOTICED });
    const { post, gateway } = all;
    for (const cost of [40, 9, 1, 20, 5, 5, 3, 17]) await post('/v1/chat', { 'X-Say': `{"cost":${cost}}` });
    expect((await post('/v1/chat', { 'X-Say': '{}' })).status).toBe(429);
    const told = gateway.log.lines.map(([, details]) => details);
    expect(told).toMatchObject([
      { channel: 'owner', limit: 'day', percent: 50, amount: 100, unit: 'USD' },
      { channel: 'owner', percent: 80 },
      { channel: 'desk', percent: 80 },
      { channel: 'desk', percent: 100 },
    ]);
    expect(JSON.stringify(told)).not.toContain(KEY['X-API-Key'].repeat(2));
    expect(await metrics(all)).toMatchObject({ 'headgate_notices_total{limit="day"}': 4 });
  });

  it('reads how much is held, how requests ended, and what was said of them', async () => {
    let reservation = '';
    const all = await studio((incoming, response) => {
      reservation = String(incoming.headers['x-headgate-reservation']);
      if (incoming.url === '/v1/quick') return;
      says(incoming, response);
    });
    const { post, settle, gateway } = all;
    await post('/v1/predictions', { 'X-Say': '{"id":"a"}' });
    const [ended, held] = [reservation, (await metrics(all))['headgate_reservations']];
    await post('/v1/chat', { 'X-Say': '{"cost":-5}' });
    await post('/v1/predictions', { 'X-Say': '{}' });
    await settle(`${ended}/settle`);
    await settle(`${ended}/settle`);
    await settle(`${ended}/settle`, '{"costs":{"running":-5}}');
    const line = await dial(gateway.url);
    line.socket.write('GET /v1/quick HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\n\r\n');
    await expect.poll(async () => (await metrics(all))['headgate_reservations']).toBe(2);
    line.socket.destroy();
    await expect.poll(async () => (await metrics(all))['headgate_unfinished_total{how="left"}']).toBe(1);
    expect([held, await metrics(all)]).toMatchObject([
      1,
      {
        headgate_reservations: 1,
        'headgate_held_reports_total{is="cost"}': 1,
        'headgate_held_reports_total{is="unnamed"}': 1,
        'headgate_settlements_total{answer="settle 200"}': 1,
        'headgate_settlements_total{answer="settle 404"}': 1,
        'headgate_settlements_total{answer="settle 400"}': 1,
      },
    ]);
  });
});

describe('what is held', () => {
  it('outlives the policy that it began under: it is polled, settled, and given back under the next', async () => {
    const reservations: string[] = [];
    const release: (() => void)[] = [];
    const { post, get, used, settle, gateway } = await studio((incoming, response) => {
      reservations.push(String(incoming.headers['x-headgate-reservation']));
      if (incoming.url === '/v1/quick') release.push(() => response.end());
      else says(incoming, response);
    });
    const quick = get('/v1/quick');
    await until(() => release.length === 1);
    await post('/v1/predictions', { 'X-Say': '{"id":"a"}' });
    await post('/v1/predictions', { 'X-Say': '{"id":"b"}' });
    gateway.use(parsePolicy(STUDIO.replace('$100/day', '$200/day')));
    expect([await used('quick'), await used('running')]).toEqual([1, 2]);
    release[0]?.();
    await quick;
    await get('/v1/predictions/a', { 'X-Say': '{"status":"succeeded"}' });
    expect([await used('quick'), await used('running')]).toEqual([0, 1]);
    expect(await settle(`${reservations[2]}/settle`)).toBe(200);
    expect(await used('running')).toBe(0);
  });
});
