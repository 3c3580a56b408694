import { createRequire } from 'node:module';
import { Failure, wrongUsage } from './failure.ts';
import { nearest } from './nearest.ts';
import { COMMANDS, commandUsage, usage, type Command } from './usage.ts';

/** Runs one command to its end. Returns the exit code. */
type Run = (words: readonly string[]) => number | Promise<number>;

/** A command's own code, and all that it needs, is loaded when it is run. */
const RUNS: Readonly<Record<Command, () => Promise<Run>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  check: async () => (await import('./commands/check.ts')).check,
  limits: async () => (await import('./commands/limits.ts')).limits,
  compile: async () => (await import('./commands/compile.ts')).compile,
  store: async () => (await import('./commands/store.ts')).store,
};

async function run(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === '--version' || first === '-v') return print(`${version()}\n`);
  if (first === '--help' || first === '-h' || first === 'help') return print(usage());
  const command = COMMANDS.find((name) => name === first);
  if (command === undefined) return fail(unknownCommand(first));
  if (rest.includes('--help') || rest.includes('-h')) return print(commandUsage(command));
  try {
    return await (
      await RUNS[command]()
    )(rest);
  } catch (error) {
    return fail(error, command);
  }
}

function unknownCommand(word: string | undefined): Failure {
  if (word === undefined) return wrongUsage('which command?');
  const guess = nearest(word, COMMANDS);
  return wrongUsage(`there is no command "${word}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`);
}

/** Everything that goes wrong ends here: on stderr, as a compiler would say it. A bug keeps its stack. */
async function fail(error: unknown, command?: Command): Promise<number> {
  if (error instanceof Failure) return explain(error, command);
  const { problemLines } = await import('./problems.ts');
  const problems = problemLines(error);
  if (problems === undefined) throw error;
  process.stderr.write(`${problems}\n`);
  return 1;
}

function explain({ exitCode, message }: Failure, command: Command | undefined): number {
  const help = exitCode === 2 ? `\n${command === undefined ? usage() : commandUsage(command)}` : '';
  process.stderr.write(`headgate: ${message}\n${help}`);
  return exitCode;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function version(): string {
  // The package's own version, in src as in dist two folders up.
  const manifest = createRequire(import.meta.url)('../../package.json') as { version: string };
  return manifest.version;
}

process.exitCode = await run(process.argv.slice(2));
