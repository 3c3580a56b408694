export const COMMANDS = ['serve', 'check', 'limits', 'compile', 'store'] as const;
export type Command = (typeof COMMANDS)[number];

const LINES: Readonly<Record<Command, readonly [synopsis: string, does: string]>> = {
  serve: [
    'serve <policy> --upstream <url> [--listen <host:port>] [--admin <host:port>] …',
    'put the gateway before an API',
  ],
  check: [
    'check <policy> [--against <old policy>]',
    'say what is wrong with a policy, or what a change does to its counters',
  ],
  limits: ['limits <policy> [--plan <plan>]', 'print the limits that hold, as a table'],
  compile: ['compile <policy> [-o <file.mjs>]', 'write the compiled policy as an ES module'],
  store: ['store <info|reset|adjust> <file> …', 'look at what a store’s file holds, or correct it'],
};

const DETAILS: Readonly<Record<Command, string>> = {
  serve: `  --upstream <url>       the API: http:// or https://, with a path if it has one
  --listen <host:port>   where to listen (default 127.0.0.1:8080; port 0 takes a free one)
  --admin <host:port>    where to serve /healthz, /readyz and /metrics (default: nowhere)
  --settle <host:port>   where the API says what its work has cost, or is over (default: nowhere) …
  --settle-token-file <file>
                         … and the tokens it shows there, one a line, at least 32 characters each
  --data <file>          keep quotas, levels, blocks and what is held in this file (default: ./headgate.db if the policy has
                         any of these, else in memory, until the end; none: in memory) …
  --durability <which>   … so that they survive the end of the process, or of the power too (default process)
  --redis <url>          share them with other gateways in Redis or Valkey: redis://host:port, rediss://…, several nodes of a
                         cluster with commas, redis+sentinel://host:port/name, or env:NAME for a variable that says it
  --lease                decide hot rates and quotas here, on units that are drawn from Redis for a second at most
  --smtp <url>           send what policies tell by mail: smtp://[user:password@]host:port, smtps://…, or env:NAME
  --mail-from <mailbox>  the mailbox that it comes from
  --region <name>        what limits with "scope: region" count apart by, among gateways that share a Redis
  --node <name>          the same for "scope: node" (default: the host's name and --listen)
  --tls-cert <file>      speak TLS with this certificate (PEM, with its chain) …
  --tls-key <file>       … and its key
  --tls-client-ca <file> take client certificates that these authorities vouch for (PEM), where the policy asks for them
  --access-log           a line for every request, not only for those that are refused or fail
  --timeout <duration>   how long the API may take to begin its answer (default 30s)
  --drain <duration>     how long requests under way may take to end on SIGTERM (default 10s)

What callers may take of it:
  --header-timeout <duration>            to send a request's head, or shake hands (default 15s)
  --idle-timeout <duration>              silence within a request, an answer or a web socket (default 5m)
  --keep-alive-timeout <duration>        between two requests on one connection (default 65s)
  --total-timeout <duration>             a request and its answer together (default 1h)
  --max-header-bytes <n>                 of a request's head (default 16384)
  --max-header-fields <n>                of a request's head (default 100)
  --max-read-body-bytes <n>              of a body that limits read (default 1048576)
  --max-read-bodies-bytes <n>            of all such bodies at once (default 134217728)
  --read-body-timeout <duration>         for such a body to come (default 30s)
  --max-connections <n>                  at once (default 16384)
  --max-connections-per-address <n>      at once; trusted proxies are not bound (default 4096)
  --max-requests <n>                     at the API at once (default 4096)
  --max-requests-per-address <n>         of those; trusted proxies are not bound (default 2048)
  --max-read-bytes <n>                   kept of all answers that limits read (default 268435456)

HTTP/1.1 and HTTP/2 come in on one port, by ALPN in TLS and by prior knowledge without. One line on stdout says that it
listens, and where; with --admin and --settle, one each behind it says where those are. The log goes to stderr, one JSON
object a line. When the files of the policy, the certificate or the tokens change, and on SIGHUP, they are read again; what
has problems leaves the last good one in force, and the log says so.`,
  check: `  --against <file>       the policy in force: says which counters are kept, begin anew, or are dropped

Exits 0 when the policy is sound, 1 with every problem on stderr when it is not.`,
  limits: '  --plan <plan>          the limits of one plan (default: every plan, side by side)',
  compile: '  -o, --output <file>    where to write (default: stdout)',
  store: `  info <file>                          what the file holds, in figures
  info <file> --policy … --subject …   how one subject stands
  reset <file> … --limit <name>        empty what the limit counts for the subject, blocks included; live permits stay
  adjust <file> … --limit <name> --by <units>   add to a quota or a level what was used, or take it off (--by=-5)

  --policy <file>              the policy that the file is used with
  --subject <name>=<value>     an attribute of the subject, such as key=k_1 or plan=PRO; as often as it takes
  --operation <name>           the operation that is asked, where a limit counts each apart

A file has one owner. While a server has it open, these are refused, and say who it is.`,
};

/** The whole of `--help`. */
export function usage(): string {
  const commands = COMMANDS.map((name) => `  headgate ${LINES[name][0]}\n      ${LINES[name][1]}`);
  return `Rate limits, quotas and budgets for APIs, from one policy file.

Usage:
${commands.join('\n')}

  headgate <command> --help    more about one command
  headgate --version
`;
}

/** What one command takes. */
export function commandUsage(command: Command): string {
  return `Usage: headgate ${LINES[command][0]}\n\n${DETAILS[command]}\n`;
}
