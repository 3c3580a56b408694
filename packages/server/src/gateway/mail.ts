import type { SendMail } from 'headgate/http';

/** A mail server, and who writes. */
export interface MailServer {
  /** `smtp:` takes up TLS where the server offers it, `smtps:` begins with it; a user and a password stand in it. */
  readonly url: URL;
  /** The mailbox that letters come from. */
  readonly from: string;
}

/** Letters that one connection carries at once, and connections. */
const CONNECTIONS = 2;
/** A server that says nothing for so long is given up. In ms. */
const SILENCE_MS = 10_000;

/** Sends letters over one server. Its library is loaded with the first of them. */
export function createMail({ url, from }: MailServer): { readonly send: SendMail; close(): void } {
  let transport: ReturnType<typeof connect> | undefined;
  return {
    send: async ({ to, subject, text, id }) => {
      transport ??= connect(url);
      // One mailbox each: a list would tell each of them of the others, and an address is no place for a second header.
      await (
        await transport
      ).sendMail({
        from: { name: '', address: from },
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
        // RFC 3834 5: no answer is wanted from a machine, such as one that says that somebody is on holiday.
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    },
    close: () => void transport?.then((made) => made.close()),
  };
}

async function connect({ protocol, hostname, port, username, password }: URL) {
  const { createTransport } = await import('nodemailer');
  const secure = protocol === 'smtps:';
  return createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port: Number(port || (secure ? 465 : 587)),
    secure,
    // A password is sent to nobody who could not prove who he is.
    requireTLS: !secure && username !== '',
    ...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: SILENCE_MS,
    greetingTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
  });
}
