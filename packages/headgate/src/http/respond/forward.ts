import { NOTHING_HELD, type Exchange } from '../holds/exchanges.ts';
import type { Forward } from '../handled.ts';
import type { Fields } from '../request.ts';
import type { Blocks } from './blocks.ts';
import { exposeFields } from './expose.ts';
import type { RewriteFor } from './merge.ts';
import { problem, PROBLEM_TYPE } from './problem.ts';
import type { Told } from './told.ts';

/** Tells a request that passes, and its response, what is to be told. */
export interface ForwardWriter {
  pass(told: Told, target: string, rewrite: RewriteFor | undefined, exchange?: Exchange): Forward;
  /** Appends the fields of a response that is no refusal. */
  settle(fields: string[], told: Told, status: number, upstream?: Fields): Fields;
}

export function createForward(blocks: Blocks, expose: boolean): ForwardWriter {
  function settle(fields: string[], told: Told, status: number, upstream?: Fields): Fields {
    blocks.write(fields, told, status >= 200 && status < 300 ? 'succeeded' : 'admitted', status);
    if (expose) exposeFields(fields, upstream);
    return fields;
  }

  function pass(
    told: Told,
    target: string,
    rewrite: RewriteFor | undefined,
    { reads, hands, end }: Exchange = NOTHING_HELD,
  ): Forward {
    return {
      kind: 'forward',
      operation: told.operation,
      target,
      settle: (status, upstream) => settle([], told, status, upstream),
      answer: (status, detail) => ({
        status,
        fields: settle(['Content-Type', PROBLEM_TYPE], told, status),
        body: problem(status, detail),
      }),
      rewrite,
      reads,
      hands,
      end,
    };
  }

  return { pass, settle };
}
