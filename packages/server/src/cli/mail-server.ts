import type { MailServer } from '../gateway/mail.ts';
import type { Args } from './args.ts';
import { wrongUsage } from './failure.ts';

const FORMS = 'smtp://[user:password@]host[:port], smtps://…, or env:NAME for a variable that says it';
const MAILBOX = /^[^\s@,;:<>()[\]\\"]{1,64}@[A-Za-z0-9.-]{1,253}$/;

/** Where mail is sent from, as `--smtp` and `--mail-from` say it. @throws Failure, which does not repeat a password */
export function readMailServer(args: Args): MailServer | undefined {
  const [given, from] = [args.option('smtp'), args.option('mail-from')];
  if (given === undefined && from !== undefined) throw wrongUsage('--mail-from: give --smtp too');
  if (given === undefined) return undefined;
  if (from === undefined || !MAILBOX.test(from))
    throw wrongUsage(`--mail-from: expected the mailbox that letters come from, got "${from ?? ''}"`);
  const name = /^env:(.+)$/.exec(given)?.[1];
  const text = name === undefined ? given : (process.env[name] ?? '');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    throw wrongUsage(`--smtp: expected ${FORMS}`);
  return { url, from };
}
