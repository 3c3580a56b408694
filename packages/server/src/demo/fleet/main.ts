import { parseArgs } from 'node:util';
import { Fleet, LIMIT } from './fleet.ts';
import { Story } from './story.ts';

const GATEWAYS = 3;

const { apart } = parseArgs({ options: { apart: { type: 'boolean', default: false } } }).values;
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const fleet = new Fleet();
// Whoever ends the demo ends all of it.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void fleet.end().then(() => process.exit(1)));

process.exitCode = await run();

/** 0 only if the limit was held. */
async function run(): Promise<number> {
  const story = new Story(fleet, write);
  write('');
  write(`  ${GATEWAYS} gateways, one key, one limit: ${LIMIT} requests in any hour.`);
  if (apart) write('  Each gateway counts by itself, to see what becomes of the limit then.');
  try {
    await fleet.start(GATEWAYS, apart);
    await story.tell();
  } catch (error) {
    story.faults.push(error instanceof Error ? error.message : String(error));
    write(`  WRONG: ${story.faults.at(-1)}`);
  } finally {
    await fleet.end();
  }
  return story.faults.length > 0 ? 1 : 0;
}
