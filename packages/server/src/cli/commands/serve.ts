import { HeadgateError } from 'headgate';
import { createLog } from '../../gateway/log.ts';
import type { Running, StartOptions } from '../../gateway/running.ts';
import { startGateway } from '../../gateway/start.ts';
import { openRedis } from '../../gateway/state.ts';
import { readArgs, type Args } from '../args.ts';
import { certificateFiles, readAuthorities, readCertificate } from '../certificate.ts';
import { Failure, systemReason } from '../failure.ts';
import {
  boundFlags,
  readBounds,
  lasts,
  readDuration,
  readData,
  readPlace,
  readPlaces,
  readUpstream,
} from '../options.ts';
import { readMailServer } from '../mail-server.ts';
import { readPolicy } from '../policy-file.ts';
import { problemLines } from '../problems.ts';
import { readRedis } from '../redis-place.ts';
import { readSettle, readTokenFile, settleTokenFile } from '../settle.ts';
import { stopSignal } from '../stop-signal.ts';
import { watchFiles } from '../watch.ts';

const OPTIONS = [
  'upstream',
  'listen',
  'admin',
  'settle',
  'settle-token-file',
  'data',
  'durability',
  'redis',
  'smtp',
  'mail-from',
  'node',
  'region',
  'timeout',
  'drain',
  'tls-cert',
  'tls-key',
  'tls-client-ca',
  ...boundFlags,
];

/** `headgate serve`: ends when it is told to, with 0. */
export async function serve(words: readonly string[]): Promise<number> {
  const args = readArgs(words, { options: OPTIONS, flags: ['access-log', 'lease'] });
  const drainMs = readDuration('drain', args.option('drain') ?? '10s');
  const options = readOptions(args);
  const gateway = await startGateway(options).catch((error: unknown) => {
    throw new Failure(1, `cannot ${attempt(error, args, options)}: ${systemReason(error)}`);
  });
  const unwatch = keepFresh(gateway, args, options);
  const places = {
    'listening on': gateway.url,
    'admin on': gateway.adminUrl,
    'settle on': gateway.settleUrl,
    'keeping what lasts in': options.data?.file,
  };
  // In one write: whoever has read the first line has the others too.
  process.stdout.write(
    Object.entries(places)
      .filter(([, place]) => place !== undefined)
      .map(([what, place]) => `headgate: ${what} ${place}\n`)
      .join(''),
  );
  await stopSignal();
  unwatch();
  await gateway.stop(drainMs);
  return 0;
}

function readOptions(args: Args): StartOptions {
  const admin = args.option('admin');
  const policy = readPolicy(args.policy);
  const files = certificateFiles(args);
  const log = createLog({ access: args.flag('access-log') });
  const redis = readRedis(args);
  return {
    upstream: readUpstream(args.option('upstream')),
    listen: readPlace('listen', args.option('listen') ?? '127.0.0.1:8080'),
    admin: admin === undefined ? undefined : readPlace('admin', admin),
    settle: readSettle(args),
    data: redis === undefined ? readData(args, policy) : undefined,
    state: redis && (() => openRedis(redis, args.flag('lease'), log)),
    places: readPlaces(args),
    mail: readMailServer(args),
    timeoutMs: readDuration('timeout', args.option('timeout') ?? '30s'),
    bounds: readBounds(args),
    certificate: files && readCertificate(files),
    authorities: readAuthorities(args, policy),
    policy,
    log,
  };
}

function attempt(error: unknown, args: Args, { listen, admin, settle }: StartOptions): string {
  if (error instanceof HeadgateError) return error.code.startsWith('ERR_STORE') ? 'keep data' : `serve ${args.policy}`;
  const places = [listen, admin, settle]
    .filter((place) => place !== undefined)
    .map(({ host, port }) => `${host}:${port}`);
  return `listen on ${places.join(' and ')}`;
}

/** Where a gateway keeps what it counts is settled when it starts. */
const FORGETFUL = 'the policy counts what should outlast this process, which was started without a file: start it anew';

/** Reads the policy, the certificate and the tokens again on SIGHUP, and when their files change. Returns how to stop watching. */
function keepFresh(gateway: Running, args: Args, { data, state }: StartOptions): () => void {
  const pair = certificateFiles(args);
  const policy = (): void =>
    renew(gateway, 'policy', args.policy, () => {
      const next = readPolicy(args.policy);
      if (data === undefined && state === undefined && lasts(next)) gateway.log.warn(FORGETFUL, { file: args.policy });
      gateway.use(next);
    });
  const certificate = (): void => {
    if (pair !== undefined) renew(gateway, 'certificate', pair.cert, () => gateway.renew(readCertificate(pair)));
  };
  const file = settleTokenFile(args);
  const tokens = (): void => {
    if (file !== undefined) renew(gateway, 'tokens', file, () => gateway.retoken(readTokenFile(file)));
  };
  process.on('SIGHUP', policy).on('SIGHUP', certificate).on('SIGHUP', tokens);
  const stops = [
    watchFiles([args.policy], policy),
    pair && watchFiles([pair.cert, pair.key], certificate),
    file === undefined ? undefined : watchFiles([file], tokens),
  ];
  return () => {
    for (const stop of stops) stop?.();
  };
}

/** What cannot be read leaves the last good one in force, and the log says so. */
function renew({ log }: Running, what: string, file: string, use: () => void): void {
  try {
    use();
    log.info(`${what} reloaded`, { file });
  } catch (error) {
    const reason = problemLines(error) ?? (error instanceof Error ? error.message : String(error));
    log.warn(`${what} not reloaded: the last good one stays in force`, { file, reason });
  }
}
