import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../house/temporary.ts';

/** One library that is left: its program as it was, and as it becomes. Both run as they stand on the page. */
export interface Migration {
  readonly from: string;
  readonly before: Program;
  readonly after: Program;
}

export interface Program {
  readonly language: string;
  readonly code: string;
}

const SECTION = /^## From (\S+)\n(.*?)(?=^## |(?![\s\S]))/gms;
const BLOCK = /^```(\w+) (before|after)\n(.*?)^```/gms;

function migration([, from = '', text = '']: RegExpExecArray): Migration {
  const blocks = [...text.matchAll(BLOCK)];
  /** @throws when a section lacks one of its two programs, or has two of one kind */
  const program = (when: string): Program => {
    const [found, ...more] = blocks.filter(([, , kind]) => kind === when);
    if (!found || more.length > 0) throw new Error(`docs/migrate.md: ${from}: expected one program "${when}"`);
    return { language: found[1] ?? '', code: found[3] ?? '' };
  };
  return { from, before: program('before'), after: program('after') };
}

/** Every migration of docs/migrate.md, by the name of the library. */
export function migrations(): ReadonlyMap<string, Migration> {
  const page = readFileSync(join(root, 'docs/migrate.md'), 'utf8');
  return new Map([...page.matchAll(SECTION)].map((match) => [match[1] ?? '', migration(match)]));
}

/** What of a limit, or of a policy, the tables of the page write: each a line of YAML. */
export function fragments(): readonly { readonly of: 'limit' | 'policy'; readonly yaml: string }[] {
  const page = readFileSync(join(root, 'docs/migrate.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  const found = rows.flatMap((row) => [...row.matchAll(/`((?:respond|address|past|count): [^`]+)`/g)]);
  return [...new Set(found.map(([, yaml = '']) => yaml))].map((yaml) => ({
    of: /^(?:past|count)/.test(yaml) ? 'limit' : 'policy',
    yaml,
  }));
}
