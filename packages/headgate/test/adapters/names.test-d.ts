import type { Request } from 'express';
import type { Context } from 'koa';
import { expectTypeOf } from 'vitest';
import { express } from '../../src/adapters/express/index.ts';
import { fetch } from '../../src/adapters/fetch/index.ts';
import type { HandedDecision, Names, RequestDecision } from '../../src/adapters/kit/index.ts';
import { koa } from '../../src/adapters/koa/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import type { AsyncStore, SyncStore } from '../../src/core/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { definePolicy, parsePolicy } from '../../src/policy/index.ts';

/*
 * Read by the type checker alone (`tsc -b`); nothing here runs. An expected error that does not come is an error.
 */
declare const request: Request;
declare const context: Context;

const policy = definePolicy({
  headgate: 1,
  identify: { key: { header: 'X-API-Key', find: 'any' } },
  plans: ['FREE', 'PRO'],
  operations: { list: { match: 'GET /files' }, put: { match: 'PUT /files' } },
  limits: { calls: { rate: { FREE: '1/m', PRO: '9/m' }, per: 'key' }, writes: { rate: '1/s', per: 'key', on: 'put' } },
});

// A policy's names are the decision's: of its limits (and their windows), its plans, its operations.
const gate = express(policy);
const decision = gate.of(request);
expectTypeOf(decision.plan).toEqualTypeOf<'FREE' | 'PRO' | undefined>();
expectTypeOf(decision.operation).toEqualTypeOf<'list' | 'put'>();
expectTypeOf<'calls' | 'writes'>().toExtend<NonNullable<typeof decision.limit>>();
expectTypeOf<'nothing'>().not.toExtend<NonNullable<typeof decision.limit>>();
expectTypeOf(decision.limits[0]?.name).toEqualTypeOf<typeof decision.limit>();
decision.charge({ calls: 5, 'calls.1m': 1 });
// @ts-expect-error -- no limit of this policy
decision.charge({ cals: 5 });
// @ts-expect-error -- no limit of this policy
gate.route({ extraCost: { cals: 5 } });
// @ts-expect-error -- it adds, and takes no place
gate.route({ cost: 5 });
gate.route({ limits: { login: '5/minute' }, extraCost: { calls: 5 } });

// The same whatever the framework.
expectTypeOf(koa(policy).of(context)).toEqualTypeOf<typeof decision>();
expectTypeOf(node(policy).of(request)).toEqualTypeOf<typeof decision>();

// Limits that are named in code, and one that is not.
expectTypeOf(
  node({ limits: { burst: '5/s', day: { rate: '9/24h', algorithm: 'fixed' } } }).of(request).limit,
).toEqualTypeOf<'burst' | 'day' | undefined>();
expectTypeOf(node('5/s').of(request).limit).toEqualTypeOf<'limit' | undefined>();
expectTypeOf(node({ rate: '5/s', algorithm: 'bucket' }).of(request).limit).toEqualTypeOf<'limit' | undefined>();
expectTypeOf(node('5/s').of(request).plan).toEqualTypeOf<undefined>();

// A policy that was read from a file has names that only it knows.
expectTypeOf(node(parsePolicy('headgate: 1')).of(request).limit).toEqualTypeOf<string | undefined>();

// Where handlers of a framework look for it.
expectTypeOf(request.headgate).toEqualTypeOf<RequestDecision>();
expectTypeOf(context.headgate).toEqualTypeOf<RequestDecision>();

// What is no rate, and a key function of another framework.
// @ts-expect-error -- neither a rate nor a policy
node(5);
// @ts-expect-error -- Koa's contexts are not Node's requests
node('5/s', { key: (given: Context) => given.ip });

// A store that answers later has the decision promise, and no other has.
declare const later: AsyncStore;
declare const either: AsyncStore | SyncStore;
expectTypeOf(node('5/s').of(request).refund()).toEqualTypeOf<number>();
expectTypeOf(node('5/s', { store: memoryStore() }).of(request).refund()).toEqualTypeOf<number>();
expectTypeOf(node('5/s', { store: later }).of(request).refund()).toEqualTypeOf<Promise<number>>();
expectTypeOf(node('5/s', { store: either }).of(request).refund()).toEqualTypeOf<number | Promise<number>>();
expectTypeOf(express(policy, { store: later }).of(request).settle(1)).toEqualTypeOf<Promise<void>>();
expectTypeOf(
  fetch('5/s', { store: later, peer: () => '' })
    .of(new Request(''))
    .refund(),
).toEqualTypeOf<Promise<number>>();
// What frameworks hand over is as the app has said of itself.
expectTypeOf<HandedDecision<{ later: true }>>().toEqualTypeOf<RequestDecision<Names, true>>();
