import type { Ending, Notice, Report } from '../../src/http/index.ts';
import { answered, forwarded, gateOf, type Asked, type Spec } from '../gate-of.ts';
import { ended, said } from './ended.ts';

/** A gate, and an API behind it that answers as it is told. */
export interface World extends Asked {
  readonly reports: readonly Report[];
  readonly notices: Notice[];
  /** Sends a request and lets the API answer it with JSON; says the reservation's id, empty when nothing is reserved. */
  readonly send: (spec: Spec, body?: unknown, status?: number) => string;
  /** Sends a request whose exchange ends so. */
  readonly sendEnding: (spec: Spec, ending: Partial<Ending>) => string;
  /** Whether a request would pass; one that does never reaches the API. */
  readonly passes: (spec: Spec) => boolean;
  /** The JSON of a refusal. */
  readonly refusal: (spec: Spec) => Record<string, unknown>;
}

export function world(policy: string): World {
  const reports: Report[] = [];
  const notices: Notice[] = [];
  let ids = 0;
  const made = gateOf(policy, {
    randomId: () => `r${ids++}`,
    onReport: (report) => reports.push(report),
    onNotice: (notice) => notices.push(notice),
  });
  const end = (spec: Spec, ending: Ending): string => {
    const { hands, end: over } = forwarded(made.ask(spec));
    over(ending);
    return hands[1] ?? '';
  };
  return {
    ...made,
    reports,
    notices,
    send: (spec, body = {}, status = 200) => end(spec, said(body, status)),
    sendEnding: (spec, ending) => end(spec, ended(ending)),
    passes(spec) {
      const handled = made.ask(spec);
      if (handled.kind === 'forward') handled.end(ended({ status: undefined, reached: false }));
      return handled.kind === 'forward';
    },
    refusal: (spec) => answered(made.ask(spec)).json(),
  };
}
