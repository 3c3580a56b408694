import { POLICY_ERRORS } from '../errors.ts';
import { formatsOf, PLACEHOLDER_NAMES } from '../read/placeholders.ts';
import { words } from '../schema/words.ts';
import { SECTIONS, type Section } from './sections.ts';
import { FORMS } from './values.ts';

/** The reference of the policy language, as Markdown: written from the schema that policies are read with. */
export function reference(): string {
  const [file, ...rest] = SECTIONS;
  const sections = [
    INTRO,
    file && sectionText(file),
    valuesText(),
    ...rest.map(sectionText),
    placeholdersText(),
    codesText(),
  ];
  return `${sections.filter((text) => text !== undefined).join('\n\n')}\n`;
}

const INTRO = `<!-- Written by \`npm run docs\` from packages/headgate/src/policy/schema. Do not edit. -->
# The policy language

One file says who asks, what they ask, what they may have, and what they are told past that. Every example
below is a policy: \`headgate: 1\` and \`identify: { key: { header: X-API-Key, find: any } }\` are understood
where they are not written. A test loads each of them. What is marked *not built yet* is part of the language;
a policy that uses it is refused with \`ERR_POLICY_NOT_BUILT\`, never run without it.`;

function sectionText({ title, intro, schema }: Section): string {
  const entries = Object.entries(schema.shape).map(([name, word]) => entryText(name, words.get(word)));
  return [`## ${title}`, intro, ...entries].join('\n\n');
}

interface Doc {
  readonly says: string;
  readonly example: string;
  readonly planned?: boolean;
}

function entryText(name: string, doc: Doc | undefined): string {
  if (doc === undefined) throw new Error(`the word "${name}" has no documentation`);
  const mark = doc.planned === true ? ' *(not built yet)*' : '';
  return `### ${name}${mark}\n\n${doc.says}\n\n\`\`\`yaml\n${doc.example}\n\`\`\``;
}

function valuesText(): string {
  const intro =
    'A figure may be written in any of these ways, wherever a figure stands: amounts, costs, bursts, weights.';
  return [`## Values`, intro, ...FORMS.map((form) => entryText(form.name, form))].join('\n\n');
}

function placeholdersText(): string {
  const rows = PLACEHOLDER_NAMES.map(
    (name) => `| \`{${name}}\` | ${(formatsOf(name) ?? []).map((format) => `\`${format}\``).join(' ')} |`,
  );
  return `## Templates

\`{remaining}\` is a placeholder, \`{retryAt:iso}\` one in a format, \`{= plan.name }\` an expression, \`{{\` a brace. A lone
placeholder keeps its type. An instant may also be written in a date pattern: \`{resetAt:"yyyy-MM-dd"}\`.

| placeholder | formats |
|---|---|
${rows.join('\n')}`;
}

function codesText(): string {
  const rows = Object.entries(POLICY_ERRORS).map(([code, says]) => `| \`${code}\` | ${says} |`);
  return `## Codes

Codes are stable. Those that begin with \`WARN_\` do not keep a policy from being loaded.

| code | when |
|---|---|
${rows.join('\n')}`;
}
