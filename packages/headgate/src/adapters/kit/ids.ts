/** Ids of requests: of this process, in the order they came. Made when the first is asked for: some platforms have no chance before. */
let processId: string | undefined;
let requests = 0;

export function nextId(): string {
  processId ??= randomHex(5);
  return `${processId}-${(++requests).toString(36)}`;
}

export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Undefined on a platform that has no chance while modules load, as Cloudflare's Workers. */
export function earlyHex(bytes: number): string | undefined {
  try {
    return randomHex(bytes);
  } catch {
    return undefined;
  }
}
