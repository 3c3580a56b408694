// The page of every code that Headgate raises or tells, from the catalogues in the code. docs.mjs writes it; a test holds it to them.

/** Each catalogue: where its codes come from, in words, and what whoever meets one does. */
const ABOUT = {
  core: [
    'Deciding',
    'Thrown as a `HeadgateError` by whatever decides: a gate, a store, a limit written in code. Nothing was charged. The message names the thing, the rule and the value.',
  ],
  profile: [
    'Planning a request',
    'Thrown as a `PlanFault`, whose `status` says whether the request (400) or the policy (500) is at fault. The message names the limit.',
  ],
  policy: [
    'Reading a policy',
    'In `problems` of a `PolicyError`, or printed by `headgate check`, all at once, each with its line and what was expected. What begins with `WARN_` does not keep a policy from loading.',
  ],
  http: [
    'Making a gate for HTTP',
    'Thrown as a `HeadgateError` when a gate is made, or when a reservation is settled.',
  ],
  adapters: ['Mounting a gate in an app', 'Thrown as a `HeadgateError`, at the start wherever that can be.'],
  client: [
    'Calling an API that has limits',
    'Thrown as a `RateLimitError` instead of sending a request; `retryAt` tells when it would pass.',
  ],
};

const HEAD = `# Errors and warnings

Generated from the catalogues in the code by \`npm run docs\`. A code is stable: it is never renamed, and never used again for something else.
A denial is no error: it is an answer. An error's message begins with its code, and its \`code\` says the same.
`;

export function errorsPage(catalogues, warnings) {
  const sections = Object.entries(catalogues).map(([name, codes]) => {
    const [title, about] = ABOUT[name];
    const rows = Object.entries(codes).map(([code, is]) => `| \`${code}\` | ${sentence(is)} |`);
    return `## ${title}\n\n${about}\n\n| code | what it is |\n| --- | --- |\n${rows.join('\n')}\n`;
  });
  return `${HEAD}\n${sections.join('\n')}\n${warned(warnings)}`;
}

function warned(warnings) {
  const rows = Object.entries(warnings).map(
    ([code, { is, advice }]) => `| \`${code}\` | ${sentence(is)} | ${cell(advice)} |`,
  );
  return `## What is wrong with how a gate is mounted

Told to \`onWarning\`, once each; by default as a warning of the process, with the code and the advice. Nothing is refused for it.

| code | what it is | what to do |
| --- | --- | --- |
${rows.join('\n')}
`;
}

const cell = (text) => text.replaceAll('|', '\\|');
const sentence = (text) => cell(`${text[0].toUpperCase()}${text.slice(1)}.`);
