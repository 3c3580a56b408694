import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { valueAt, type Plain } from '../packages/headgate/src/policy/source/source.ts';
import { readYaml } from '../packages/headgate/src/policy/source/yaml.ts';
import { titlesOf } from './titles.ts';

const FOLDER = import.meta.dirname;
const read = (path: string): string => readFileSync(join(FOLDER, path), 'utf8');

const VENDORS = readdirSync(join(FOLDER, 'pages')).map((name) => name.replace('.txt', ''));
const NAMES: Readonly<Record<string, string>> = { deepcreative: 'Deep Creative' };
const ANCHORS = new Set(
  [...read('../docs/client.md').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slugOf(heading)),
);

interface Row {
  readonly sentence: string;
  readonly truth: string;
  readonly shown: string;
}

/** How GitHub names a heading in an address. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

/** The rows of a vendor in docs/vendors.md. */
function rowsOf(vendor: string): readonly Row[] {
  const name = NAMES[vendor] ?? vendor.charAt(0).toUpperCase() + vendor.slice(1);
  const section = read('../docs/vendors.md')
    .split(/^## /m)
    .find((part) => part.startsWith(`${name}\n`));
  const lines = (section ?? '').split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => {
    const [, sentence = '', truth = '', shown = ''] = line.split(/ *(?<!\\)\| */);
    return { sentence, truth, shown };
  });
}

const coded = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

/** Whether something stands in the policy at such a path: `limits.requests.rate`, `overrides[0]`. */
function stands(policy: Plain, path: string): boolean {
  const names = path.split(/[.[\]]+/).filter((name) => name !== '');
  return (
    valueAt(
      policy,
      names.map((name) => (/^\d+$/.test(name) ? Number(name) : name)),
    ) !== undefined
  );
}

function policyOf(vendor: string): Plain {
  const { value } = readYaml(read(`${vendor}.yaml`), undefined, (code) => {
    throw new Error(code);
  });
  return value;
}

const isAdvice = ({ truth }: Row): boolean => truth.includes('](client.md#');

describe.each(VENDORS)('docs/vendors.md on the page of %s', (vendor) => {
  const rows = rowsOf(vendor);

  it('has a row for each sentence of the page, in its order, and no others', () => {
    expect(rows.map(({ sentence }) => sentence)).toEqual(read(`pages/${vendor}.txt`).trimEnd().split('\n'));
  });

  it('names nothing that is not in the policy', () => {
    const policy = policyOf(vendor);
    const paths = rows.filter((row) => !isAdvice(row)).map(({ truth }) => coded(truth));
    expect(paths.filter((some) => some.length === 0)).toEqual([]);
    expect(paths.flat().filter((path) => !stands(policy, path))).toEqual([]);
  });

  it('names no test that is not there', () => {
    const titles = readdirSync(FOLDER)
      .filter((file) => file.startsWith(vendor) && file.endsWith('.test.ts'))
      .flatMap((file) => titlesOf(file, read(file)));
    const named = rows.filter((row) => !isAdvice(row)).map(({ shown }) => coded(shown));
    expect(named.filter((some) => some.length === 0)).toEqual([]);
    expect(named.flat().filter((name) => !titles.some((title) => title.includes(name)))).toEqual([]);
  });

  it('names no part of the client that is not there', () => {
    const anchors = rows.filter(isAdvice).map(({ truth }) => /\(client\.md#([\w-]+)\)/.exec(truth)?.[1] ?? '');
    expect(anchors.filter((anchor) => !ANCHORS.has(anchor))).toEqual([]);
  });
});
