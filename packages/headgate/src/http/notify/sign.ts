/*
 * Signatures of messages, as Standard Webhooks has them (github.com/standard-webhooks/standard-webhooks, 1.0.0): HMAC-SHA256 over
 * `ID.TIMESTAMP.BODY`, so that neither another body nor a later time can be put under it.
 */

const PREFIX = 'whsec_';

/** Signs one message. */
export type Sign = (id: string, timestamp: number, body: string) => Promise<string>;

/** @param secret `whsec_` and base64, or any text, whose bytes it is then */
export function createSign(secret: string): Sign {
  let key: ReturnType<typeof keyOf> | undefined;
  return async (id, timestamp, body) => {
    key ??= keyOf(secret);
    const signed = await crypto.subtle.sign('HMAC', await key, new TextEncoder().encode(`${id}.${timestamp}.${body}`));
    return `v1,${btoa(String.fromCharCode(...new Uint8Array(signed)))}`;
  };
}

// oxlint-disable-next-line typescript/explicit-module-boundary-types -- the platforms give it different names
function keyOf(secret: string) {
  return crypto.subtle.importKey('raw', bytesOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith(PREFIX)) return new TextEncoder().encode(secret);
  const text = atob(secret.slice(PREFIX.length));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
