/** One letter. */
export interface Letter {
  /** One mailbox. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same when it is sent again, so that whoever has it already can tell. */
  readonly id: string;
}

/** Sends one letter; rejects where nobody took it. */
export type SendMail = (letter: Letter) => Promise<unknown>;

export const MAILTO = 'mailto:';

interface Told {
  readonly type?: string;
  readonly timestamp?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A message as people read it: what it says, line by line. */
export function letterOf(body: string): Pick<Letter, 'subject' | 'text'> {
  const { type, timestamp = '', data = {} } = JSON.parse(body) as Told; // what the courier was given, a moment ago
  const said = (name: string): string => textOf(data[name]);
  const more = Number(data['units']) / 10 ** Number(data['precision']);
  const what =
    type === 'limit.reached'
      ? `${said('percent')}% of ${said('limit')} used: ${said('used')} of ${said('amount')} ${said('unit')}`
      : `${said('limit')} exceeded: ${more} ${said('unit')} more`;
  const lines = Object.entries(data).map(([name, value]) => `${name}: ${textOf(value)}`);
  return {
    subject: oneLine(`${said('policy')}: ${what}`),
    text: [`${what}.`, '', `at: ${timestamp}`, ...lines, ''].join('\n'),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** A subject is one line of at most 200 letters, whatever names stand in it. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').slice(0, 200);
}
