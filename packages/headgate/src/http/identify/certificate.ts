import type { CertificateField } from '../../profile/index.ts';

/** What a connection's other end has proved to be, with TLS: it holds the key of this certificate. */
export interface ClientCertificate {
  /** Whether somebody vouches for it whom the server trusts, and it is valid now. Else only its fingerprint says who it is. */
  readonly isVerified: boolean;
  /** Every value of a field; none where the certificate has none. */
  readonly values: (field: CertificateField) => readonly string[];
}

/** As much of Node's TLS socket as is looked at. */
export interface SecureSocket {
  readonly authorized: boolean;
  getPeerCertificate?(): Partial<PeerCertificate>;
}

interface PeerCertificate {
  readonly fingerprint256: string;
  readonly subject: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly subjectaltname: string;
  readonly valid_from: string;
  readonly valid_to: string;
}

/** The certificate of a socket's other end; undefined where it has shown none, which is as valid as it was when it was shown. */
export function certificateOf(socket: SecureSocket, nowMs: () => number): ClientCertificate | undefined {
  const shown = socket.getPeerCertificate?.();
  if (shown?.fingerprint256 === undefined) return undefined;
  const { fingerprint256, subject = {}, subjectaltname = '', valid_from: from = '', valid_to: until = '' } = shown;
  const names = alternatives(subjectaltname);
  const fields: Readonly<Record<CertificateField, readonly string[]>> = {
    fingerprint: [fingerprint256.replaceAll(':', '').toLowerCase()],
    subject: [named(subject)],
    'subject.cn': listOf(subject['CN']),
    'san.dns': names.get('DNS') ?? [],
    'san.uri': names.get('URI') ?? [],
    'san.email': names.get('email') ?? [],
  };
  // A connection may outlive what opened it.
  const isCurrent = (): boolean => Date.parse(from) <= nowMs() && nowMs() < Date.parse(until);
  return {
    get isVerified() {
      return socket.authorized && isCurrent();
    },
    values: (field) => (field === 'fingerprint' && !isCurrent() ? [''] : fields[field]),
  };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}

/** `CN=reports,O=Acme`, in the certificate's order: what separates is written out where a value holds it (RFC 4514 2.4). */
function named(subject: PeerCertificate['subject']): string {
  return Object.entries(subject)
    .flatMap(([name, value]) => listOf(value).map((one) => `${name}=${one.replaceAll(/[,+\\]/g, String.raw`\$&`)}`))
    .join(',');
}

/** `DNS:a.example, URI:spiffe://…`, of which Node writes as JSON what holds a comma or worse, so that no name is two. */
const ALTERNATIVE = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?=$|, )/gy;

function alternatives(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [, kind = '', value = ''] of text.matchAll(ALTERNATIVE)) {
    const name = value.startsWith('"') ? (JSON.parse(value) as string) : value; // a JSON text is a text
    found.set(kind, [...(found.get(kind) ?? []), name]);
  }
  return found;
}
