export const COMMANDS = ['serve', 'check', 'limits', 'compile'] as const;
export type Command = (typeof COMMANDS)[number];

const LINES: Readonly<Record<Command, readonly [synopsis: string, does: string]>> = {
  serve: [
    'serve <policy> --upstream <url> [--listen <host:port>] [--timeout <duration>] [--drain <duration>]',
    'put the gateway before an API',
  ],
  check: [
    'check <policy> [--against <old policy>]',
    'say what is wrong with a policy, or what a change does to its counters',
  ],
  limits: ['limits <policy> [--plan <plan>]', 'print the limits that hold, as a table'],
  compile: ['compile <policy> [-o <file.mjs>]', 'write the compiled policy as an ES module'],
};

const DETAILS: Readonly<Record<Command, string>> = {
  serve: `  --upstream <url>       the API: http:// or https://, with a path if it has one
  --listen <host:port>   where to listen (default 127.0.0.1:8080; port 0 takes a free one)
  --timeout <duration>   how long the API may take to begin its answer (default 30s)
  --drain <duration>     how long requests under way may take to end on SIGTERM (default 10s)

One line on stdout says that it listens, and where. The log goes to stderr, one JSON object a line.
SIGHUP reads the policy again; a policy that has problems leaves the one in force.`,
  check: `  --against <file>       the policy in force: says which counters are kept, begin anew, or are dropped

Exits 0 when the policy is sound, 1 with every problem on stderr when it is not.`,
  limits: '  --plan <plan>          the limits of one plan (default: every plan, side by side)',
  compile: '  -o, --output <file>    where to write (default: stdout)',
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
