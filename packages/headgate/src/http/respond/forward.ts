import type { Inspection } from '../body/inspection.ts';
import { NOTHING_HELD, type Exchange } from '../holds/exchange.ts';
import type { Forward } from '../handled.ts';
import { Judged } from '../judged.ts';
import type { Fields } from '../request.ts';
import type { Blocks } from './blocks.ts';
import { exposeFields } from './expose.ts';
import type { RewriteFor } from './merge.ts';
import { problem, PROBLEM_TYPE } from './problem.ts';
import type { Telling, Told } from './told.ts';

/** Tells a request that passes, and its response, what is to be told. */
export interface ForwardWriter {
  pass(
    telling: Telling,
    target: string,
    rewrite: RewriteFor | undefined,
    exchange?: Exchange,
    inspection?: Inspection,
  ): Forward;
  /** Appends the fields of a response that is no refusal. */
  settle(fields: string[], told: Told, status: number, upstream?: Fields): string[];
}

/** @param readsAnswers whether what is written depends on the fields that it stands beside */
export function createForward(blocks: Blocks, expose: boolean, readsAnswers: boolean): ForwardWriter {
  function settle(fields: string[], told: Told, status: number, upstream?: Fields): string[] {
    if (readsAnswers) told.upstream = upstream ?? [];
    blocks.write(fields, told, status >= 200 && status < 300 ? 'succeeded' : 'admitted', status);
    if (expose) exposeFields(fields, upstream);
    return fields;
  }

  function pass(
    telling: Telling,
    target: string,
    rewrite: RewriteFor | undefined,
    { reads, hands, end }: Exchange = NOTHING_HELD,
    inspection?: Inspection,
  ): Forward {
    return {
      kind: 'forward',
      operation: telling.told.operation,
      target,
      judged: telling instanceof Judged ? telling : undefined,
      settle: (status, upstream) => settle([], telling.told, status, upstream),
      answer: (status, detail) => ({
        status,
        fields: settle(['Content-Type', PROBLEM_TYPE], telling.told, status),
        body: problem(status, detail),
      }),
      rewrite,
      reads,
      hands: withMarks(hands, telling.told.marks),
      inspection,
      end,
    };
  }

  return { pass, settle };
}

/** The API is told by a field that no client can send: all that begin so are stripped. */
function withMarks(hands: Fields, marks: readonly string[]): Fields {
  return marks.length === 0 ? hands : [...hands, 'x-headgate-mark', marks.join(', ')];
}
