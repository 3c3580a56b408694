import type { Ending } from '../../src/http/holds/ending.ts';

/** How an exchange ended that ended well, unless said otherwise. */
export function ended(more: Partial<Ending> = {}): Ending {
  return {
    status: 200,
    reached: true,
    fields: [],
    body: { is: 'unread', why: 'unasked' },
    sentBytes: 0,
    tookMs: 5,
    torn: false,
    ...more,
  };
}

/** With a JSON body. */
export function said(value: unknown, status = 200): Ending {
  return ended({ status, body: { is: 'json', value } });
}
