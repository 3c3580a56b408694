import type { SetFigure } from './definition/choice.ts';
import type { ReservedDefinition } from './definition/cost.ts';
import type { HoldDefinition } from './definition/hold.ts';
import type { StepDefinition } from './definition/ladder.ts';
import type { LimitDefinition, OverrideDefinition } from './definition/limit.ts';
import type { AnswerDefinition } from './definition/respond.ts';
import type { CalendarDefinition } from './definition/time.ts';

/*
 * A table by plan may have rows for plans alone, a table by anything else may have any. To the compiler the two are one union,
 * and what one member of a union knows is no excess property of it: it would let `{ FRE: '1/m', else: '5/m' }` pass. So what was
 * given is looked at once more here, with `never` wherever a word or a row is none.
 */

type Figure = 'rate' | 'quota' | 'concurrency' | 'level' | 'size' | 'burst' | 'per';

/** A figure: every table by plan in it, however deep, has rows for these plans only. */
type OnlyPlans<Given, Plan extends string> = Given extends string | number | boolean | readonly unknown[]
  ? Given
  : Given extends { readonly set: string }
    ? Known<Given, SetFigure>
    : Given extends { readonly by: string }
      ? { readonly [Row in keyof Given]: OnlyPlans<Given[Row], Plan> }
      : Given extends { readonly cases: readonly (infer Case)[] }
        ? { readonly cases: readonly StrictCase<Case, Plan>[] }
        : { readonly [Row in keyof Given]: Row extends Plan | 'else' ? OnlyPlans<Given[Row], Plan> : never };

type StrictCase<Case, Plan extends string> = Case extends unknown
  ? { readonly [Word in keyof Case]: Word extends 'use' ? OnlyPlans<Case[Word], Plan> : Case[Word] }
  : never;

/** A map with the words of `Shape` and no others; anything that is no map is itself. */
type Known<Given, Shape> = { readonly [Word in keyof Given]: Word extends keyof Shape ? Given[Word] : never };

/** A cost: a figure, or the figures of a reservation. */
type StrictCost<Given, Plan extends string> = Given extends { readonly reserve: unknown }
  ? {
      readonly [Part in keyof Given]: Part extends keyof ReservedDefinition<Plan>
        ? OnlyPlans<Given[Part], Plan>
        : never;
    }
  : OnlyPlans<Given, Plan>;

/** An answer, a step, or steps. */
type StrictPast<Given> = Given extends readonly unknown[]
  ? { readonly [At in keyof Given]: Known<Given[At], StepDefinition<string, string>> }
  : Known<Given, AnswerDefinition & StepDefinition<string, string>>;

type StrictWord<Word, Given, Plan extends string> = Word extends Figure
  ? OnlyPlans<Given, Plan>
  : Word extends 'cost'
    ? StrictCost<Given, Plan>
    : Word extends 'calendar'
      ? Known<Given, CalendarDefinition>
      : Word extends 'past'
        ? StrictPast<Given>
        : Word extends 'hold'
          ? Known<Given, HoldDefinition<string, string>>
          : Word extends keyof LimitDefinition<string, string, string>
            ? Given
            : never;

/** `limits`, as they were given. */
export type StrictLimits<Limits, Plan extends string> = {
  readonly [Name in keyof Limits]: {
    readonly [Word in keyof Limits[Name]]: StrictWord<Word, Limits[Name][Word], Plan>;
  };
};

/** One of `overrides`, as it was given. */
export type StrictOverride<Override, Plan extends string> = Override extends unknown
  ? { readonly [Word in keyof Override]: StrictOverrideWord<Word, Override[Word], Plan> }
  : never;

type StrictOverrideWord<Word, Given, Plan extends string> = Word extends 'limits'
  ? { readonly [Name in keyof Given]: OnlyPlans<Given[Name], Plan> }
  : Word extends keyof OverrideDefinition<string, string>
    ? Given
    : never;
