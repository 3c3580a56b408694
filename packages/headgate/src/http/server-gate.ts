import { createChannels } from './events/channel.ts';
import type { HttpGateOptions } from './gate-options.ts';
import { gateOf } from './gate.ts';
import type { HttpGate } from './handled.ts';
import { createAdjust, createGrant } from './holds/adjust.ts';

/**
 * Compiles a policy for a server in front of an API: what an app asks, and what only servers do, whose code no app need load.
 * @throws HeadgateError as `createAppGate` does
 */
export function createHttpGate(options: HttpGateOptions): HttpGate {
  const { gate, judging, policy, judgeEvent } = gateOf(options);
  const { planner, store, clock } = judging;
  return {
    ...gate,
    adjust: createAdjust(policy, planner, store, clock),
    grant: createGrant(policy, planner, store, clock),
    channel: createChannels({ policy, planner, clock, judge: judgeEvent }),
  };
}
