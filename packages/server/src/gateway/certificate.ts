/** What a server proves who it is with: PEM, as `--tls-cert` and `--tls-key` name it. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}
