import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pages of the cookbook. */
const FOLDER = join(import.meta.dirname, '../../docs/cookbook');

/** A published rule: how a policy says it, and what is to be seen of it. */
export interface Rule {
  readonly page: string;
  readonly name: string;
  /** What stands under the rule's heading, whole. */
  readonly text: string;
  readonly policy: string;
  readonly trace: string;
  /** Where the API's owner says so. */
  readonly source: string | undefined;
}

export const pages = (): readonly string[] =>
  readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md');

export const textOf = (page: string): string => readFileSync(join(FOLDER, page), 'utf8');

/** Where a page leads within the cookbook: a page, and a heading in it. */
export function linksOf(page: string): readonly (readonly [string, string | undefined])[] {
  const links = [...textOf(page).matchAll(/\]\(([\w-]*\.md)(?:#([\w-]+))?\)/g)];
  return links.map(([, to = '', anchor]) => [to, anchor] as const);
}

/** How GitHub names the headings of a page in an address. */
export function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Rules are what stands under a page's headings of the second level. */
export function rulesOf(page: string): readonly Rule[] {
  const [, ...parts] = textOf(page).split(/^## /m);
  return parts.map((part) => {
    const [name = '', ...rest] = part.split('\n');
    const text = rest.join('\n');
    const source = /^_Source: (\[[^\]]+\]\(https:\/\/[^)\s]+\), .+)_$/m.exec(text)?.[1];
    return { page, name, text, policy: fenced(text, 'yaml'), trace: fenced(text, 'trace'), source };
  });
}

function fenced(text: string, language: string): string {
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))];
  if (found.length !== 1)
    throw new Error(`expected one block of ${language}, got ${found.length}: ${text.slice(0, 80)}`);
  return found[0]?.[1] ?? '';
}
