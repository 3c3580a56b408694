import { SILENCE, type CompiledPolicy, type PartsValue } from '../../profile/index.ts';
import { wordsProblem } from '../read/names.ts';
import type { RequirementInput } from '../schema/operations.ts';
import type { PolicyInput } from '../schema/policy.ts';
import { isMap } from '../schema/words.ts';
import { compileAddress } from './address.ts';
import { answerName, ownAnswer, type WrittenAnswer } from './answers.ts';
import { compileCalendar, DEFAULT_CALENDAR } from './calendar.ts';
import type { Context } from './context.ts';
import { compileEndpoints } from './endpoints.ts';
import { compileIdentify } from './identify.ts';
import { compileLimits } from './limits.ts';
import { compileChannels } from './channels.ts';
import { compileMeters } from './meters.ts';
import { compileNotes } from './notes.ts';
import { compileOperations } from './operations.ts';
import { pastAnswers } from './past.ts';
import { compileOverrides } from './overrides.ts';
import { compilePaths } from './paths.ts';
import { compileDerive, compilePlans } from './plans.ts';
import { compileRespond } from './respond.ts';
import { compileSchedules } from './schedules.ts';
import { compileTables, type ReadFile } from './tables.ts';
import { compileUnidentified } from './unidentified.ts';
import { checkUses } from './uses.ts';
import { zonesOf } from './zones.ts';

/** What a policy is called that does not say. */
const DEFAULT_NAME = 'API';

/** Compiles a policy of the right shape. What is wrong goes to the context; then the result must not be used. */
export function compilePolicyInput(context: Context, input: PolicyInput, readFile?: ReadFile): CompiledPolicy {
  const identity = compileIdentify(context, input);
  const calendar = compileCalendar(context, input.calendar, DEFAULT_CALENDAR, ['calendar']);
  const paths = compilePaths(input.paths);
  const operations = compileOperations(context, input.operations, paths);
  const limits = compileLimits(context, input.limits, {
    calendar,
    per: defaultPer(identity),
    meters: compileMeters(context, input.meters),
    channels: compileChannels(context, input.notify),
  });
  const schedules = compileSchedules(context, input.schedules, calendar);
  const compiled: Omit<CompiledPolicy, 'zones'> = {
    headgate: 1,
    ...(schedules !== undefined && { schedules }),
    name: nameOf(context, input.name),
    ...identity,
    unidentified: compileUnidentified(context, input.unidentified),
    address: compileAddress(context, input.address),
    derive: compileDerive(context, input.derive),
    plans: compilePlans(context, input.plans),
    paths,
    operations,
    require: compileRequire(context, input.require),
    limits,
    overrides: compileOverrides(context, input.overrides, limits),
    respond: compileRespond(context, input.respond, answersInPlace(input)),
    endpoints: compileEndpoints(context, input, operations),
  };
  checkUses(context, limits, compiled.overrides);
  const { tables } = input;
  return {
    ...compiled,
    ...(tables !== undefined && { tables: compileTables(context, tables, readFile) }),
    ...(context.hosts.size > 0 && { hosts: [...context.hosts] }),
    ...(input.notes !== undefined && { notes: compileNotes(context, input.notes) }),
    zones: zonesOf(compiled),
  };
}

function nameOf(context: Context, name: string | undefined): string {
  const wrong = name === undefined ? undefined : wordsProblem(name);
  if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', ['name'], wrong);
  return name ?? DEFAULT_NAME;
}

/** The credential of the first source; without one, the address. */
function defaultPer({ identify }: Pick<CompiledPolicy, 'identify'>): PartsValue {
  return { is: 'parts', parts: [{ is: 'attribute', path: identify[0]?.name ?? 'address' }] };
}

function compileRequire(context: Context, require: PolicyInput['require']): CompiledPolicy['require'] {
  return Object.entries(require ?? {}).map(([name, given]) => ({
    name,
    that: context.expression(given.that, ['require', name, 'that'], { expect: 'bool' }),
    answer: requireAnswer(context, name, given),
  }));
}

function requireAnswer(context: Context, name: string, given: RequirementInput): string {
  const path = ['require', name];
  if ((given.else === undefined) === (given.drop === undefined) && !context.wasWritten(path, ['else']))
    context.problems.error('ERR_POLICY_MISSING', path, 'expected "else": the answer when it does not hold', {
      value: null,
    });
  if (given.else !== undefined && given.drop !== undefined)
    context.problems.error('ERR_POLICY_WORD', [...path, 'drop'], 'there is an answer already; keep one', {
      value: null,
    });
  return given.else === undefined ? SILENCE : answerName(context, 'require', name, given.else, [...path, 'else']);
}

/** Answers that are written where they are used. */
function answersInPlace(input: PolicyInput): readonly WrittenAnswer[] {
  const ofLimits = Object.entries(input.limits ?? {}).flatMap(([name, { past }]) => pastAnswers(name, past));
  const ofRequire = Object.entries(input.require ?? {}).flatMap(([name, { else: given }]) =>
    isMap(given) ? [{ name: ownAnswer('require', name), given: given, path: ['require', name, 'else'] }] : [],
  );
  return [...ofLimits, ...ofRequire];
}
