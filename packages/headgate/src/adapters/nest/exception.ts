import { HttpException } from '@nestjs/common';
import type { Answered, Reply } from '../kit/index.ts';

/** A call that does not reach its handler. What is caught by nobody else is answered as the policy says. */
export class HeadgateException extends HttpException {
  readonly answer: Reply;
  /** Names the request, as `X-Request-Id` does. */
  readonly id: string;
  /** What GraphQL tells beside the message. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(answer: Reply & Partial<Pick<Answered, 'denial'>>, id: string) {
    const { status, body, denial } = answer;
    super(valueOf(body), status);
    this.message = status === 429 ? 'Too many requests.' : 'The request was refused.';
    this.answer = answer;
    this.id = id;
    this.extensions = {
      code: status === 429 ? 'TOO_MANY_REQUESTS' : `REFUSED_${status}`,
      limit: denial?.limit,
      retryAfterMs: denial?.retryAfterMs,
    };
  }
}

/** What a body says: JSON mostly, and else its text. */
export function valueOf(body: string): string | Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return body;
  }
}
