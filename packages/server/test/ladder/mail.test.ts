/* oxlint-disable no-await-in-loop -- one request after another */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { outsideLookup } from '../../src/gateway/outside-fetch.ts';
import { echo } from '../set-up.ts';
import { ask, start, startApi, type Api, type Started } from '../support.ts';
import { startPost } from './smtp.ts';

const FROM = 'limits@api.example';
const keyed = (key: string, attributes: string): string =>
  `"sha256:${createHash('sha256').update(key).digest('hex')}": { ${attributes} }`;
const POLICY = `headgate: 1
name: Studio
identify: { key: { header: X-API-Key, find: keys, keys: { ${[
  keyed('a', 'org.email: "ann@customer.example", org.region: eu, org.hook: "https://127.0.0.1:9/hook"'),
  keyed(
    'b',
    'org.email: "bob@customer.example, eve@evil.example", org.region: us, org.hook: "https://hooks.internal/x"',
  ),
].join(', ')} } } }
`;
const limit = (steps: string): string => `limits: { month: { quota: 4/month, per: key, past: [${steps}] } }\n`;

let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.toReversed()) await close();
  closing = [];
});

async function gatewayOf(policy: string, smtp?: URL): Promise<Started> {
  const api = await startApi(echo);
  closing.push(api.close);
  const mail = smtp && { url: smtp, from: FROM };
  const gateway = await start({ policy, upstream: api.url, ...(mail && { mail }) });
  closing.push(() => gateway.stop(0));
  return gateway;
}

const asks = async (gateway: Started, key: string, times: number): Promise<void> => {
  for (let i = 0; i < times; i++) await ask(gateway.url, { headers: { 'X-API-Key': key } });
};

describe('mail', () => {
  it('is sent once a fill and period, to the mailbox of the policy, of the environment or of the customer', async () => {
    vi.stubEnv('OPS_MAIL', 'ops@api.example');
    const post = await startPost();
    closing.push(post.close);
    const gateway = await gatewayOf(
      `${POLICY}${limit('{ at: 50%, notify: [owner, ops, us] }, { at: 100%, notify: owner }, { deny: exceeded }')}
notify: { owner: { email: org.email }, ops: { email: { env: OPS_MAIL } }, us: { email: us@api.example } }`,
      post.url,
    );
    await asks(gateway, 'a', 7);
    await expect.poll(() => post.got.length).toBe(4);
    expect(post.got.flatMap(({ to }) => to).toSorted()).toEqual([
      'ann@customer.example',
      'ann@customer.example',
      'ops@api.example',
      'us@api.example',
    ]);
    const owner = post.got.find(({ to }) => to[0] === 'ann@customer.example');
    expect(owner?.from).toBe(FROM);
    expect(owner?.source).toMatch(/^Subject: Studio: 50% of month used: 2 of 4 requests\r$/m);
    expect(owner?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(owner?.source).toContain('limit: month');
  });

  it('waits while the server takes none, with its id, and blocks nobody meanwhile', async () => {
    let isUp = false;
    const post = await startPost(() => isUp);
    closing.push(post.close);
    const gateway = await gatewayOf(
      `${POLICY}${limit('{ at: 50%, notify: us }, { deny: exceeded }')}notify: { us: { email: us@api.example } }`,
      post.url,
    );
    await asks(gateway, 'a', 3);
    await expect.poll(post.attempts).toBeGreaterThan(0);
    isUp = true;
    await expect.poll(() => post.got.length).toBe(1);
    expect(post.got[0]?.source).toMatch(/^Message-ID: <msg_[\w-]+@api\.example>\r$/m);
  });

  it('goes to nobody whose mailbox is none, and says so: no header is smuggled into it', async () => {
    const post = await startPost();
    closing.push(post.close);
    const gateway = await gatewayOf(
      `${POLICY}${limit('{ at: 50%, notify: owner }, { deny: exceeded }')}notify: { owner: { email: org.email } }`,
      post.url,
    );
    await asks(gateway, 'b', 3);
    await asks(gateway, 'a', 3);
    await expect.poll(() => post.got.length).toBe(1);
    expect(post.got[0]?.to).toEqual(['ann@customer.example']);
    expect(JSON.stringify(gateway.log.lines)).toContain('owner: nobody who may be told');
  });

  it('that nobody sends is a policy that does not start', async () => {
    await expect(
      gatewayOf(
        `${POLICY}${limit('{ at: 50%, notify: us }, { deny: exceeded }')}notify: { us: { email: a@b.example } }`,
      ),
    ).rejects.toThrow('ERR_MAIL');
  });
});

describe('a web hook by value', () => {
  it('is the one of the table or of the environment; what an attribute names must lie outside', async () => {
    const hits: string[] = [];
    const hook: Api = await startApi((incoming, response) => {
      hits.push(String(incoming.url));
      response.writeHead(204).end();
    });
    closing.push(hook.close);
    vi.stubEnv('HOOK', `${hook.url}/env`);
    const gateway = await gatewayOf(
      `${POLICY}${limit('{ at: 50%, notify: [region, env, own] }, { deny: exceeded }')}
notify:
  region: { webhook: { by: org.region, eu: "${hook.url}/eu", else: "${hook.url}/us" } }
  env: { webhook: { env: HOOK } }
  own: { webhook: org.hook }`,
    );
    await asks(gateway, 'a', 2);
    await asks(gateway, 'b', 2);
    await expect
      .poll(() => hits.toSorted())
      .toEqual(['/base/env', '/base/env', '/base/eu', '/base/us'].map((path) => path.slice(5)));
    const said = gateway.log.lines.filter((line) => JSON.stringify(line).includes('own: nobody who may be told'));
    expect(said).toHaveLength(2);
  });

  it.each([
    [['203.0.113.9'], 'hooks.customer.example leads inside this network'],
    [['93.184.216.34'], ''],
    [['93.184.216.34', '10.0.0.1'], 'hooks.customer.example leads inside this network'],
    [['::ffff:127.0.0.1'], 'hooks.customer.example leads inside this network'],
    [['169.254.169.254'], 'hooks.customer.example leads inside this network'],
    [['fd00::1'], 'hooks.customer.example leads inside this network'],
    [['2606:2800:220:1:248:1893:25c8:1946'], ''],
    [[], 'hooks.customer.example has no address'],
  ])('whose name leads to %j is asked or not: %s', (addresses, refused) => {
    const lookup = outsideLookup((_name, _how, answer) => {
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    });
    const told: unknown[] = [];
    lookup('hooks.customer.example', { all: true }, (error, found) => told.push(error?.message ?? '', found.length));
    expect(told).toEqual([refused, refused === '' ? addresses.length : 0]);
  });
});
