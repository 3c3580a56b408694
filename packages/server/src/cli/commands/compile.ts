import { writeFileSync } from 'node:fs';
import { readArgs } from '../args.ts';
import { Failure, systemReason } from '../failure.ts';
import { readPolicy } from '../policy-file.ts';

/** `headgate compile`: the compiled policy as a module of pure data, for places where no YAML is read. */
export function compile(words: readonly string[]): number {
  const args = readArgs(words, { options: ['output'], short: { output: 'o' } });
  const text = moduleText(readPolicy(args.policy));
  const file = args.option('output');
  if (file === undefined) process.stdout.write(text);
  else write(file, text);
  return 0;
}

function moduleText(policy: object): string {
  // JSON is JavaScript but for one name: written as it is, "__proto__" would set a prototype instead of a field.
  const data = JSON.stringify(policy, null, 2).replace(/^(\s*)"__proto__":/gm, '$1["__proto__"]:');
  return `// Compiled by headgate from a policy; change that and compile again.\nexport default ${data};\n`;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Failure(1, `cannot write ${file}: ${systemReason(error)}`);
  }
}
