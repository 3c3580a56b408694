import type { CompiledPolicy } from 'headgate/http';
import { limitsTable } from '../cli/limits-table.ts';

export interface DemoPage {
  readonly gateway: string;
  readonly api: string;
  readonly policy: CompiledPolicy;
  readonly file: string;
  /** Why the gateway is not where it usually is. */
  readonly note: string | undefined;
  readonly colours: boolean;
}

/** What the demo shows once it runs. */
export function demoPage({ gateway, api, policy, file, note, colours }: DemoPage): string {
  const style = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  const [bold, dim, cyan] = [style(1), style(2), style(36)] as const;
  // A key for each: whoever pastes all of it at once is told the same.
  const key = (name: string): string => `-H 'X-API-Key: ${name}'`;
  const tries: readonly (readonly [what: string, command: string])[] = [
    ['a key of any kind is let in, and told what it has left', `curl -i ${gateway}/v1/articles ${key('demo')}`],
    ['no key: 401, in the words of the page', `curl -i ${gateway}/v1/articles`],
    [
      'the 51st within ten seconds: 429, and when to come back',
      `for i in $(seq 51); do curl -s -o /dev/null -w '%{http_code} ' ${gateway}/v1/status ${key('busy')}; done; curl -i ${gateway}/v1/status ${key('busy')}`,
    ],
    ['another key has limits of its own', `curl -i ${gateway}/v1/status -H 'Authorization: Bearer another'`],
    ['a stream passes as it comes', `curl -N ${gateway}/v1/ticks ${key('patient')}`],
  ];
  const lines = [
    '',
    `  ${bold('Headgate')}  ${dim(`a gateway before a small API, with the limits of ${file}`)}`,
    '',
    `  gateway  ${cyan(gateway)}${note === undefined ? '' : `  ${dim(note)}`}`,
    `  API      ${dim(api)}`,
    '',
    indented(limitsTable(policy)),
    '',
    `  ${bold('Try')}`,
    ...tries.flatMap(([what, command]) => ['', `  ${dim(what)}`, `  ${command}`]),
    '',
    `  ${dim('Refusals are logged below, one a line. Ctrl-C ends the demo.')}`,
    '',
    '',
  ];
  return lines.join('\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
