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
  const { policy, limit, percent, used, amount, unit, units, precision } = data;
  const what =
    type === 'limit.reached'
      ? `${percent}% of ${limit} used: ${used} of ${amount} ${unit}`
      : `${limit} exceeded: ${Number(units) / 10 ** Number(precision)} ${unit} more`;
  const lines = Object.entries(data).map(
    ([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return {
    subject: oneLine(`${policy}: ${what}`),
    text: [`${what}.`, '', `at: ${timestamp}`, ...lines, ''].join('\n'),
  };
}

/** A subject is one line of at most 200 letters, whatever names stand in it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').slice(0, 200);
}
