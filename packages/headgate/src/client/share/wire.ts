import type { RateLimitErrorCode } from '../fetch/errors.ts';
import type { RateLimitInfo } from '../parse/told.ts';

/**
 * What processes that share say to each other: plain data, which survives both a structured clone and JSON. Nothing of a request but the
 * limits it counts on is ever told: no URL, no header, no credential.
 */
export type Message =
  /** I lead from now on: ask me. */
  | { readonly is: 'lead'; readonly from: string }
  /** May I send? `id` is the asker's own. `costs`: keys of declared counters; `told`: what it costs the limits that answers tell of. */
  | {
      readonly is: 'take';
      readonly from: string;
      readonly id: number;
      readonly scope: string;
      readonly costs: readonly (readonly [key: string, cost: number])[];
      readonly told: number;
      readonly notBeforeMs: number;
      readonly priority: number;
      readonly deadlineAtMs: number | null;
    }
  | { readonly is: 'go'; readonly to: string; readonly id: number; readonly inFlight: number }
  | {
      readonly is: 'no';
      readonly to: string;
      readonly id: number;
      readonly code: RateLimitErrorCode;
      readonly retryAtMs: number;
    }
  /** I have changed my mind. */
  | { readonly is: 'leave'; readonly from: string; readonly id: number }
  /** It was refused, and what it says is being read: wait. */
  | { readonly is: 'hold'; readonly from: string; readonly id: number }
  /** This came of it. */
  | {
      readonly is: 'land';
      readonly from: string;
      readonly id: number;
      readonly receivedAtMs: number;
      readonly because: 'refused' | 'unavailable' | 'fault' | null;
      readonly info: RateLimitInfo | null;
      readonly others: number;
      readonly pausedUntilMs: number;
    };

/** How they hear each other: whatever one posts, all others get, in order. A `BroadcastChannel`, a socket, Redis. */
export interface Channel {
  readonly post: (message: Message) => void;
  /** Returns what stops it. */
  readonly listen: (hear: (message: Message) => void) => () => void;
}

/**
 * Calls `lead` when this process is to lead, which at any time one of them does, and again when the others should be told once
 * more; `follow` when another took its place, where that can happen. Returns what gives it up.
 */
export type Elect = (lead: () => void, follow: () => void) => () => void;
