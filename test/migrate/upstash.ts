import { createServer, type Server } from 'node:http';

/*
 * Redis over HTTP, as much of it as @upstash/ratelimit needs for one sliding window: the client posts commands as JSON, one or a
 * pipeline of them, and the only command is a script. Redis itself would run the script; this server does what the script says,
 * and knows no other.
 */

type Command = readonly (string | number)[];

/** The script for one sliding window: KEYS current, previous; ARGV limit, now, window, units. */
function slidingWindow(counts: Map<string, number>, [, , , current, previous, ...args]: Command): readonly number[] {
  const [limit = 0, now = 0, windowMs = 1, units = 0] = args.map(Number);
  const now0 = counts.get(String(current)) ?? 0;
  const left = 1 - (now % windowMs) / windowMs;
  const used = now0 + Math.floor(left * (counts.get(String(previous)) ?? 0));
  if (used >= limit) return [-1, limit];
  counts.set(String(current), now0 + units);
  return [limit - used - units, limit];
}

function answer(counts: Map<string, number>, command: Command): object {
  if (/^evalsha$/i.test(String(command[0])) && command[2] === 2) return { result: slidingWindow(counts, command) };
  return { error: `ERR this test's Redis knows no ${command.slice(0, 3).join(' ')}` };
}

/** Listens on a free port of loopback. */
export async function redisOverHttp(): Promise<{ url: string; close: () => void }> {
  const counts = new Map<string, number>();
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const sent = JSON.parse(body) as Command | readonly Command[]; // What the client of Upstash posts.
    const isOne = (commands: typeof sent): commands is Command => !Array.isArray(commands[0]);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(isOne(sent) ? answer(counts, sent) : sent.map((one) => answer(counts, one))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, close: () => server.close() };
}
