import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { serve, tellingOnceRead, START, type Served } from './served.ts';

const SESSION = { FREE: 'free-demo', STARTER: 'demo' };
const KEYS = { PROFESSIONAL: 'professional-demo', ENTERPRISE: 'enterprise-demo' };
const MB = 10 ** 6;
const GB = 10 ** 9;
const FORM = 'multipart/form-data; boundary=b';

type Tier = 'FREE' | 'STARTER' | 'PROFESSIONAL' | 'ENTERPRISE';

/** FREE has sessions alone. */
function asTier(tier: Tier): Record<string, string> {
  return tier === 'FREE' || tier === 'STARTER' ? { Cookie: `session=${SESSION[tier]}` } : { 'X-API-Key': KEYS[tier] };
}

interface Told {
  readonly status: number | undefined;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/** Sends `pieces`, and goes on until it is answered: a body that is too large need not be sent to its end. */
async function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  pieces: Iterable<Buffer>,
): Promise<Told> {
  const sent = request(url, { method, headers, agent: false });
  let isAnswered = false;
  sent.on('error', () => undefined);
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>; // what "response" is emitted with
  void answered.then(() => (isAnswered = true));
  sent.flushHeaders();
  for (const piece of pieces) {
    // oxlint-disable-next-line no-await-in-loop -- a piece after another
    if (!isAnswered && !sent.write(piece)) await Promise.race([once(sent, 'drain'), answered]);
  }
  if (!isAnswered && sent.getHeader('content-length') === undefined) sent.end();
  const [answer] = await answered;
  const told = { status: answer.statusCode, body: await text(answer), retryAfter: answer.headers['retry-after'] };
  sent.destroy();
  return told;
}

const CHUNK = Buffer.alloc(MB, 'x');

/** A form of one file of so many bytes. */
function* oneFile(type: string, bytes: number): Iterable<Buffer> {
  yield Buffer.from(`--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Type: ${type}\r\n\r\n`);
  for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
  yield Buffer.from('\r\n--b--\r\n');
}

function* someFiles(count: number): Iterable<Buffer> {
  for (let i = 0; i < count; i++)
    yield Buffer.from(`--b\r\nContent-Disposition: form-data; name="f"; filename="${i}"\r\n\r\nx\r\n`);
  yield Buffer.from('--b--\r\n');
}

const stream = (served: Served, tier: Tier, path: string, pieces: Iterable<Buffer>): Promise<Told> =>
  send(`${served.gateway.url}/v1/upload/${path}`, 'POST', { ...asTier(tier), 'Content-Type': FORM }, pieces);

/** Declares a file by a presigned URL, and begins to send it. What is refused by its length is refused before it is sent. */
const presigned = (served: Served, tier: Tier, type: string, bytes: number): Promise<Told> =>
  send(
    `${served.gateway.url}/v1/upload/presigned/f`,
    'PUT',
    { ...asTier(tier), 'Content-Type': type, 'Content-Length': String(bytes) },
    [Buffer.from('x')],
  );

const REFUSED = { status: 429, retryAfter: undefined };

describe('"Upload Limits" of the Aionvision page', () => {
  it.each<readonly [Tier, number]>([
    ['FREE', 10],
    ['STARTER', 20],
    ['PROFESSIONAL', 20],
    ['ENTERPRISE', 50],
  ])('"Batch upload size": %s has %i files', async (tier, files) => {
    const served = await serve('aionvision.yaml');
    expect(await stream(served, tier, 'stream-batch', someFiles(files))).toMatchObject({ status: 200 });
    const refused = await stream(served, tier, 'stream-batch', someFiles(files + 1));
    expect(refused).toMatchObject(REFUSED);
    expect(JSON.parse(refused.body)).toEqual({
      error: 'Too Many Requests',
      message: `Batch upload size: at most ${files} files.`,
    });
  });

  it.each<readonly [string, string, Tier, number]>([
    ['images', 'image/png', 'FREE', 25 * MB],
    ['images', 'image/png', 'STARTER', 50 * MB],
    ['images', 'image/png', 'PROFESSIONAL', 100 * MB],
    ['images', 'image/png', 'ENTERPRISE', 200 * MB],
    ['documents', 'application/pdf', 'FREE', 50 * MB],
    ['documents', 'application/pdf', 'STARTER', 50 * MB],
    ['documents', 'application/pdf', 'PROFESSIONAL', 50 * MB],
    ['documents', 'application/pdf', 'ENTERPRISE', 50 * MB],
    ['videos', 'video/mp4', 'FREE', GB],
    ['videos', 'video/mp4', 'STARTER', 2 * GB],
    ['videos', 'video/mp4', 'PROFESSIONAL', 5 * GB],
    ['videos', 'video/mp4', 'ENTERPRISE', 10 * GB],
  ])('"Max file size (%s)": %s by %s, %i bytes', async (kind, type, tier, bytes) => {
    const served = await serve('aionvision.yaml');
    expect(await presigned(served, tier, type, bytes)).toMatchObject({ status: 200 });
    const refused = await presigned(served, tier, type, bytes + 1);
    expect(refused).toMatchObject(REFUSED);
    expect(refused.body).toContain(`Max file size (${kind}): at most ${bytes} bytes.`);
  });

  it.each<readonly [string, Tier, number, string]>([
    ['image/png', 'FREE', 25 * MB, 'Max file size (images)'],
    ['application/pdf', 'ENTERPRISE', 50 * MB, 'Max file size (documents)'],
    ['video/mp4', 'FREE', 100 * MB, 'Per-File Limit'],
    ['image/png', 'ENTERPRISE', 100 * MB, 'Per-File Limit'],
    ['application/zip', 'STARTER', 100 * MB, 'Per-File Limit'],
  ])('"100MB per file for streaming uploads": %s by %s, %i bytes by the %s', async (type, tier, bytes, label) => {
    const served = await serve('aionvision.yaml', START, tellingOnceRead);
    expect(await stream(served, tier, 'stream', oneFile(type, bytes))).toMatchObject({ status: 200 });
    const refused = await stream(served, tier, 'stream', oneFile(type, bytes + 1));
    expect(refused).toMatchObject(REFUSED);
    expect(refused.body).toContain(label);
  });
});
