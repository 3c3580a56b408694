import { HeadgateError } from 'headgate';
import { startGateway } from '../../gateway/start.ts';
import { readArgs } from '../args.ts';
import { readMs } from '../duration.ts';
import { Failure, systemReason, wrongUsage } from '../failure.ts';
import { readPolicy } from '../policy-file.ts';
import { problemLines } from '../problems.ts';
import { stopSignal } from '../stop-signal.ts';

/** `headgate serve`: ends when it is told to, with 0. */
export async function serve(words: readonly string[]): Promise<number> {
  const args = readArgs(words, ['upstream', 'listen', 'timeout', 'drain']);
  const upstream = readUpstream(args.option('upstream'));
  const listen = readListen(args.option('listen') ?? '127.0.0.1:8080');
  const timeoutMs = readDuration('timeout', args.option('timeout') ?? '30s');
  const drainMs = readDuration('drain', args.option('drain') ?? '10s');
  const gateway = await startGateway({ policy: readPolicy(args.policy), upstream, listen, timeoutMs }).catch(
    (error: unknown) => {
      const doing = error instanceof HeadgateError ? `serve ${args.policy}` : `listen on ${listen.host}:${listen.port}`;
      throw new Failure(1, `cannot ${doing}: ${systemReason(error)}`);
    },
  );
  process.on('SIGHUP', () => reload(gateway, args.policy));
  process.stdout.write(`headgate: listening on ${gateway.url}\n`);
  await stopSignal();
  await gateway.stop(drainMs);
  return 0;
}

type Running = Awaited<ReturnType<typeof startGateway>>;

/** A policy that cannot be read leaves the one in force, and the log says so. */
function reload(gateway: Running, file: string): void {
  try {
    gateway.use(readPolicy(file));
    gateway.log.info('policy reloaded', { file });
  } catch (error) {
    const reason = problemLines(error) ?? (error instanceof Error ? error.message : String(error));
    gateway.log.warn('policy not reloaded: the last good one stays in force', { file, reason });
  }
}

function readUpstream(text: string | undefined): URL {
  if (text === undefined) throw wrongUsage('which API? Give --upstream <url>');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw wrongUsage(`--upstream: expected a URL such as http://127.0.0.1:3000, got "${text}"`);
  if (url.username !== '' || url.search !== '' || url.hash !== '')
    throw wrongUsage(`--upstream: expected no user, query or fragment, got "${text}"`);
  return url;
}

function readListen(text: string): { host: string; port: number } {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw wrongUsage(`--listen: expected host:port, such as 127.0.0.1:8080, got "${text}"`);
  return { host: (match[1] ?? '127.0.0.1').replace(/[[\]]/g, ''), port };
}

function readDuration(name: string, text: string): number {
  const ms = readMs(text);
  if (ms === undefined) throw wrongUsage(`--${name}: expected a duration such as 10s, got "${text}"`);
  return ms;
}
