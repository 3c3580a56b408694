/**
 * Response fields that frame the message or belong to the connection, by lower-case name: a policy that wrote them could cut a
 * response in two. The server writes them.
 */
export const FRAMING_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-encoding',
  'content-type',
  'date',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
