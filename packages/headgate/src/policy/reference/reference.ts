import { POLICY_ERRORS } from '../errors.ts';
import { DATE_PARTS, formatsOf, PLACEHOLDER_NAMES } from '../read/placeholders.ts';
import { words } from '../schema/words.ts';
import { READING } from './reading.ts';
import { SECTIONS, type Section } from './sections.ts';
import { FORMS } from './values.ts';

/** The reference of the policy language, as Markdown: written from the schema that policies are read with. */
export function reference(): string {
  const [file, ...rest] = SECTIONS;
  const sections = [
    INTRO,
    file && sectionText(file),
    valuesText(),
    readingText(),
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
where they are not written. A test loads each of them.`;

function sectionText({ title, intro, schema }: Section): string {
  const entries = Object.entries(schema.shape).map(([name, word]) => entryText(name, words.get(word)));
  return [`## ${title}`, intro, ...entries].join('\n\n');
}

interface Doc {
  readonly says: string;
  readonly example: string;
}

function entryText(name: string, doc: Doc | undefined): string {
  if (doc === undefined) throw new Error(`the word "${name}" has no documentation`);
  return `### ${name}\n\n${doc.says}\n\n\`\`\`yaml\n${doc.example}\n\`\`\``;
}

function valuesText(): string {
  const intro =
    'A figure may be written in any of these ways, wherever a figure stands: amounts, costs, bursts, weights.';
  return [`## Values`, intro, ...FORMS.map((form) => entryText(form.name, form))].join('\n\n');
}

function readingText(): string {
  const intro = 'What expressions read of what a request carries, and the functions that are for that.';
  return [`## Bodies`, intro, ...READING.map((form) => entryText(form.name, form))].join('\n\n');
}

function placeholdersText(): string {
  const rows = PLACEHOLDER_NAMES.map(
    (name) => `| \`{${name}}\` | ${(formatsOf(name) ?? []).map((format) => `\`${format}\``).join(' ')} |`,
  );
  const parts = DATE_PARTS.map(([part, says]) => `\`${part}\` ${says}`).join(', ');
  return `## Templates

\`{remaining}\` is a placeholder, \`{retryAt:iso}\` one in a format, \`{= plan.name }\` an expression, \`{{\` a brace. A lone
placeholder keeps its type. What has nothing to say leaves out the field it stands in alone, is null in JSON, and within a
sentence nothing, or "never" for a time.

| placeholder | formats |
|---|---|
${rows.join('\n')}

${FORMATS}

An instant may also be written in a date pattern, in UTC: \`{resetAt:"EEE d MMM yyyy 'at' HH:mm"}\`. Its parts are ${parts};
text stands between apostrophes.

An expression may have a format too, after a colon that belongs to no choice: \`{= now + 60000 :iso}\`. Its number is seconds to
the formats of durations, and milliseconds since the epoch to those of instants. Beside what expressions read everywhere, it may
read \`retryAfter\` (seconds), \`reported\` (the limit that a denial speaks of), \`reason\`, \`response.status\`, and \`limit.name\`,
\`.label\`, \`.unit\`, \`.amount\`, \`.used\`, \`.remaining\`, \`.fraction\`, \`.overridden\` and \`.resetIn\` (seconds).`;
}

const FORMATS = `\`s\` is seconds rounded up, \`s.3\` with three decimals, \`ms\` milliseconds, \`min\` minutes rounded up, \`duration\` \`1h2m3s\`, \`short\`
\`15m\`, \`SHORT\` \`15M\`, \`word\` \`minute\` or \`15 minutes\`; \`epoch\` seconds and \`epochMs\` milliseconds since 1970, \`iso\` RFC 3339, \`http\` the date
of RFC 9110; \`text\` the value as text, \`json\` as JSON, \`hash\` 16 hex digits of its SHA-256. \`{reason}\` is
\`until\` (a wait helps), \`freed\` (somebody must give back) or \`never\`. \`{used}\` and \`{percent}\` tell all that
counts: of a quota, a concurrency or a level that may be more than \`{limit}\`, since an answer cost more than was reserved, or the amount became smaller;
\`{remaining}\` is 0 then.`;

function codesText(): string {
  const rows = Object.entries(POLICY_ERRORS).map(([code, says]) => `| \`${code}\` | ${says} |`);
  return `## Codes

Codes are stable. Those that begin with \`WARN_\` do not keep a policy from being loaded.

| code | when |
|---|---|
${rows.join('\n')}`;
}
