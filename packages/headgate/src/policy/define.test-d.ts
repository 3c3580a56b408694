import { expectTypeOf } from 'vitest';
import type { CompiledPolicy } from '../profile/index.ts';
import { definePolicy } from './define.ts';
import type { SetFigure } from './definition/choice.ts';
import type { MeterDefinition } from './definition/cost.ts';
import type { EndDefinition, HoldDefinition } from './definition/hold.ts';
import type { DirectoryDefinition, JwtDefinition, SourceDefinition } from './definition/identity.ts';
import type { BlockDefinition, ChannelDefinition, DelayDefinition, StepDefinition } from './definition/ladder.ts';
import type { PolicyDefinition } from './definition/policy.ts';
import type { ScheduleDefinition } from './definition/time.ts';
import type { DirectoryInput, JwtInput } from './schema/find.ts';
import type { PolicyInput } from './schema/policy.ts';
import type { SourceInput } from './schema/identify.ts';
import type { EndInput, HoldInput } from './schema/hold.ts';
import type { LimitInput } from './schema/limits.ts';
import type { BlockInput, DelayInput, StepInput } from './schema/past.ts';
import type { ChannelInput, MeterInput } from './schema/meters.ts';
import type { RespondInput } from './schema/respond.ts';
import type { ScheduleInput } from './schema/schedules.ts';
import type { SetInput } from './schema/value.ts';

/*
 * Read by the type checker alone (`tsc -b`); nothing here runs. An expected error that does not come is an error.
 */
const identify = { key: { header: 'X-API-Key', find: 'any' } } as const;
const operations = {
  list: { match: 'GET /files', group: 'files' },
  put: { match: 'PUT /files/:id', tags: ['upload'] },
} as const;

// The names that a policy declares are the names it may use.
const policy = definePolicy({
  headgate: 1,
  identify,
  plans: ['FREE', 'PRO'],
  operations,
  limits: {
    calls: { rate: { FREE: '10/m', PRO: '100/m' }, per: 'key', on: ['list', 'files', 'upload'] },
    writes: { rate: { FREE: '1/m', else: '5/m' }, per: 'key', on: 'put', replaces: 'calls' },
    nested: { rate: { by: 'request.method', GET: { FREE: '10/m', PRO: '1/s' }, else: '1/m' } },
  },
  overrides: [
    {
      for: { key: 'a' },
      limits: { calls: '1000/m' },
      plan: 'PRO',
      lift: 'writes',
      from: '2026-01-01',
      reason: 'r',
      by: 'b',
    },
  ],
  respond: {
    report: 'calls',
    headers: {
      of: ['calls', 'writes'],
      on: 'upload',
      dialect: 'ratelimit',
      partition: true,
      fields: { X: { a: ['b'] } },
    },
    merge: { of: 'calls', on: 'list', at: '/meta/limit', body: { left: '{remaining}' } },
    exceeded: {
      headers: { 'Retry-After': false },
      body: { by: 'reason', never: 'no', else: { wait: '{retryAfter}' } },
    },
    help: 'https://api.example/limits',
  },
  endpoints: { own: { match: 'GET /limits' }, account: { match: ['GET /a', 'GET /b'], merge: '/limits' } },
});
expectTypeOf(policy).toExtend<CompiledPolicy>();

definePolicy({
  headgate: 1,
  plans: ['FREE', 'PRO'],
  limits: {
    // @ts-expect-error a table by plan misses PRO
    calls: { rate: { FREE: '10/m' }, per: 'address' },
  },
});

definePolicy({
  headgate: 1,
  plans: { FREE: { factor: 1 }, PRO: { factor: 2 } },
  limits: {
    // @ts-expect-error there is no plan FRE
    calls: { rate: { FRE: '10/m', PRO: '100/m' }, per: 'address' },
  },
});

// A misspelt plan is found wherever a figure stands, though `else` would take its place.
const plans = ['FREE', 'PRO'] as const;
// @ts-expect-error there is no plan FRE
definePolicy({ headgate: 1, plans, limits: { calls: { rate: { FRE: '10/m', else: '20/m' } } } });
// @ts-expect-error there is no plan GOLD
definePolicy({ headgate: 1, plans, limits: { calls: { rate: '9/m', cost: { FREE: 1, PRO: 2, GOLD: 3 } } } });
definePolicy({
  headgate: 1,
  plans,
  limits: {
    // @ts-expect-error there is no plan FRE
    calls: { rate: { cases: [{ when: 'request.kind == "read"', use: { FRE: '10/m', else: '1/m' } }, { use: '5/m' }] } },
    // @ts-expect-error there is no plan FRE
    writes: { rate: { by: 'request.method', GET: { FRE: '10/m', else: '1/m' }, else: '5/m' } },
  },
});
definePolicy({
  headgate: 1,
  plans,
  limits: { calls: { rate: '10/m' } },
  overrides: [
    { for: { key: 'b' }, lift: 'calls', from: '2026-01-01', reason: 'r', by: 'b' },
    // @ts-expect-error there is no plan FRE
    { for: { key: 'a' }, limits: { calls: { FRE: '1/m', else: '2/m' } }, from: '2026-01-01', reason: 'r', by: 'b' },
  ],
});

definePolicy({
  headgate: 1,
  // @ts-expect-error there is no word "algoritm"
  limits: { calls: { rate: '10/m', algoritm: 'fixed' } },
});

definePolicy({
  headgate: 1,
  // @ts-expect-error there is no word "zoen"
  limits: { calls: { quota: '10/day', calendar: { zoen: 'UTC' } } },
});

definePolicy({
  headgate: 1,
  limits: {
    // @ts-expect-error without plans there is no table by plan
    calls: { rate: { FREE: '10/m' }, per: 'address' },
  },
});

definePolicy({
  headgate: 1,
  operations,
  // @ts-expect-error there is no operation, group or tag "lst"
  limits: { calls: { rate: '10/m', on: ['lst'] } },
});

definePolicy({
  headgate: 1,
  // @ts-expect-error there is no limit "call"
  limits: { calls: { rate: '10/m' }, writes: { rate: '5/m', replaces: 'call' } },
});

definePolicy({
  headgate: 1,
  limits: { calls: { rate: '10/m' } },
  // @ts-expect-error there is no limit "call"
  respond: { headers: { of: 'call', dialect: 'x-ratelimit' } },
});

definePolicy({
  headgate: 1,
  limits: { calls: { rate: '10/m' } },
  // @ts-expect-error there is no limit "call"
  overrides: [{ for: { key: 'a' }, limits: { call: '1/m' }, from: '2026-01-01', reason: 'r', by: 'b' }],
});

definePolicy({
  headgate: 1,
  // @ts-expect-error there is no word "limts"
  limts: {},
});

definePolicy({
  headgate: 1,
  // @ts-expect-error there is no word "off"
  limits: { calls: { rate: '5/m', distinct: { off: 'request.path' } } },
});

definePolicy({
  headgate: 1,
  operations,
  meters: { spend: { unit: 'USD', cost: { reserve: 0.5, actual: 'response.body.cost' } } },
  limits: {
    running: {
      concurrency: 5,
      on: 'list',
      hold: { id: 'response.body.id', lease: '1h', until: [{ on: 'upload', when: 'response.ok', id: 'path.id' }] },
    },
    daily: {
      quota: { set: '(key.daily)/day', default: 'unlimited' },
      cost: 'spend',
      past: [{ at: '80%', notify: 'ops' }],
    },
    failures: { rate: '5/15m', count: 'response.status == 401' },
  },
  notify: { ops: { log: 'warn' } },
});

definePolicy({
  headgate: 1,
  operations,
  // @ts-expect-error there is no operation, group or tag "pol"
  limits: { running: { concurrency: 5, hold: { id: 'response.body.id', lease: '1h', until: 'pol' } } },
});

definePolicy({
  headgate: 1,
  plans,
  limits: {
    // @ts-expect-error there is no plan GOLD
    tokens: { rate: '9/m', cost: { reserve: { FREE: 1, PRO: 2, GOLD: 3 }, actual: 'response.bytes' } },
  },
});

definePolicy({
  headgate: 1,
  // @ts-expect-error there is no word "leese"
  limits: { running: { concurrency: 5, hold: { leese: '1h' } } },
});

definePolicy({
  headgate: 1,
  // @ts-expect-error there is no word "tell"
  limits: { calls: { quota: '5/day', past: [{ at: '80%', tell: 'ops' }] } },
});

definePolicy({
  headgate: 1,
  limits: {
    // @ts-expect-error there is no word "otherwise"
    daily: { quota: { set: 'key.daily', default: '5/day', otherwise: 'none' } },
  },
});

// The definition has the words of the schema that are built, and what it takes the schema takes.
type Planned<Input> = { [Word in keyof Input]-?: unknown extends Input[Word] ? Word : never }[keyof Input];
type Built<Input> = Exclude<keyof Input, Planned<Input>>;
expectTypeOf<keyof PolicyDefinition>().toEqualTypeOf<Built<PolicyInput>>();
expectTypeOf<keyof SourceDefinition<string>>().toEqualTypeOf<Built<SourceInput>>();
expectTypeOf<keyof JwtDefinition>().toEqualTypeOf<Built<JwtInput>>();
expectTypeOf<keyof DirectoryDefinition>().toEqualTypeOf<Built<DirectoryInput>>();
expectTypeOf<keyof NonNullable<PolicyDefinition['paths']>>().toEqualTypeOf<keyof NonNullable<PolicyInput['paths']>>();
expectTypeOf<keyof NonNullable<PolicyDefinition['limits']>[string]>().toEqualTypeOf<Built<LimitInput>>();
expectTypeOf<keyof HoldDefinition<string, string>>().toEqualTypeOf<Built<HoldInput>>();
expectTypeOf<keyof EndDefinition<string, string>>().toEqualTypeOf<keyof Exclude<EndInput, string>>();
expectTypeOf<keyof StepDefinition<string, string>>().toEqualTypeOf<Built<StepInput>>();
expectTypeOf<keyof DelayDefinition<string>>().toEqualTypeOf<keyof DelayInput>();
expectTypeOf<keyof BlockDefinition<string, string>>().toEqualTypeOf<keyof BlockInput>();
expectTypeOf<keyof MeterDefinition<string>>().toEqualTypeOf<keyof MeterInput>();
expectTypeOf<keyof ChannelDefinition>().toEqualTypeOf<Built<ChannelInput>>();
expectTypeOf<keyof ScheduleDefinition>().toEqualTypeOf<keyof ScheduleInput>();
expectTypeOf<keyof SetFigure>().toEqualTypeOf<keyof SetInput>();
expectTypeOf<keyof NonNullable<PolicyDefinition['respond']>>().toEqualTypeOf<Built<RespondInput>>();

definePolicy({
  headgate: 1,
  limits: { calls: { rate: '10/m' } },
  respond: {
    // @ts-expect-error there is no limit call
    merge: [{ of: 'call', at: '/a', body: 1 }],
  },
});
