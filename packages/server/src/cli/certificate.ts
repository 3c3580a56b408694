import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { CompiledPolicy } from 'headgate/http';
import type { Certificate } from '../gateway/certificate.ts';
import type { Args } from './args.ts';
import { Failure, systemReason, wrongUsage } from './failure.ts';

/** The files of `--tls-cert` and `--tls-key`; undefined when neither is given. */
export function certificateFiles(args: Args): { readonly cert: string; readonly key: string } | undefined {
  const [cert, key] = [args.option('tls-cert'), args.option('tls-key')];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw wrongUsage('--tls-cert and --tls-key go together');
  return { cert, key };
}

/** @throws Failure when a file cannot be read, or the two do not make a certificate and its key */
export function readCertificate(files: { readonly cert: string; readonly key: string }): Certificate {
  const certificate = { cert: readPem('cert', files.cert), key: readPem('key', files.key) };
  try {
    createSecureContext(certificate);
  } catch (error) {
    throw new Failure(1, `cannot use ${files.cert} with ${files.key}: ${systemReason(error)}`);
  }
  return certificate;
}

/**
 * Who may vouch for callers, by `--tls-client-ca`.
 * @throws Failure for a policy that asks for what nobody could show, or prove
 */
export function readAuthorities(args: Args, { identify }: CompiledPolicy): Buffer | undefined {
  const file = args.option('tls-client-ca');
  const asked = identify.flatMap(({ places }) => places.filter((place) => place.in === 'certificate'));
  if ((asked.length > 0 || file !== undefined) && args.option('tls-cert') === undefined)
    throw wrongUsage('callers show certificates over TLS: give --tls-cert and --tls-key too');
  if (file === undefined && asked.some(({ name }) => name !== 'fingerprint'))
    throw wrongUsage('--tls-client-ca: expected who vouches for the certificates that the policy asks for');
  if (file === undefined) return undefined;
  const ca = readPem('client-ca', file);
  try {
    createSecureContext({ ca });
  } catch (error) {
    throw new Failure(1, `cannot use ${file}: ${systemReason(error)}`);
  }
  return ca;
}

function readPem(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure(1, `--tls-${flag}: cannot read ${file}: ${systemReason(error)}`);
  }
}
