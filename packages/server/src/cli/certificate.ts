import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
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

function readPem(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure(1, `--tls-${flag}: cannot read ${file}: ${systemReason(error)}`);
  }
}
