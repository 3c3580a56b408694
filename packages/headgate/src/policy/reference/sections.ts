import type * as z from 'zod';
import { directory, jwt } from '../schema/find.ts';
import { address, source } from '../schema/identify.ts';
import { calendar, limit } from '../schema/limits.ts';
import { end, hold } from '../schema/hold.ts';
import { reserved } from '../schema/cost.ts';
import { block, step } from '../schema/past.ts';
import { channel, meter } from '../schema/meters.ts';
import { operation, paths, requirement } from '../schema/operations.ts';
import { override, policy } from '../schema/policy.ts';
import { schedule } from '../schema/schedules.ts';
import { endpoint } from '../schema/endpoints.ts';
import { answer, headers, merge, respond } from '../schema/respond.ts';

/** A part of the reference: the words of one map. */
export interface Section {
  readonly title: string;
  readonly intro: string;
  readonly schema: z.ZodObject;
}

export const SECTIONS: readonly Section[] = [
  {
    title: 'The file',
    intro: 'A policy is one YAML 1.2 file, or the same shape in TypeScript. These words stand at its top.',
    schema: policy,
  },
  {
    title: 'identify.NAME',
    intro:
      'A source: where a credential stands, and how it is looked up. NAME becomes `subject.auth`, and the attribute that holds the credential. Several places of one source must agree.',
    schema: source,
  },
  {
    title: 'identify.NAME.jwt',
    intro:
      'A token that is expired, not valid yet, for somebody else, or signed by a key that is not the issuer’s is wrong: 401. Only verified claims are read. While the issuer’s keys cannot be fetched and are needed, the answer is 503.',
    schema: jwt,
  },
  {
    title: 'identify.NAME.http',
    intro:
      'One call at a time asks for one credential, whoever waits for it. Redirects are not followed; an answer has at most 64 KiB.',
    schema: directory,
  },
  { title: 'address', intro: 'How the address of a caller is found behind proxies.', schema: address },
  {
    title: 'paths',
    intro:
      'Escapes that mean the same without are undone, `//` is `/`, and dot segments are resolved, before a path is matched, counted and passed on. These words say what else the API does.',
    schema: paths,
  },
  {
    title: 'operations.NAME',
    intro:
      'What a request asks. The first operation that matches is the one; an operation that an earlier one leaves nothing is an error.',
    schema: operation,
  },
  { title: 'require.NAME', intro: 'A precondition. It is checked before any counter is touched.', schema: requirement },
  {
    title: 'limits.NAME',
    intro: 'A limit has exactly one kind: `rate`, `quota`, `concurrency`, `level` or `size`.',
    schema: limit,
  },
  {
    title: 'limits.NAME.cost',
    intro:
      'A cost that is known only afterwards is reserved with the decision and settled when the exchange is over, at the time of the charge: less comes back at once, more is charged in full. An `actual` that is negative, no number, or finer than what is counted is a fault, and costs the reserve. If the API was never reached, nothing is charged; if it never answered, what is `lost`.',
    schema: reserved,
  },
  {
    title: 'limits.NAME.hold',
    intro:
      'A permit, or what a level counts, comes back when it ends. Without an `id` that is the end of its exchange. With one it outlives the exchange, if the response was a success: it is found by that id when another request’s response ends it, by whoever sends that request; ids that are not unique are made so by an expression, such as `account.id + "/" + string(response.body.id)`, on both sides. An id is text or a whole number, and that is its digits, however many: 7 and "7" are one.',
    schema: hold,
  },
  {
    title: 'limits.NAME.hold.until[]',
    intro:
      'An operation alone means any success of it, by the one variable of its path. Other expressions than `on` may read the response. An end that comes twice, or for an id that is not held, does nothing.',
    schema: end,
  },
  {
    title: 'limits.NAME.past[]',
    intro:
      'A ladder: what happens at which fill. `notify` and `mark` happen when what is used with this request reaches their fill, all that are reached. Of the other steps, those that it would pass, the one with the highest fill decides; at one fill the first whose `when` holds. A request that passes none is let in. Where nothing refuses, it is a soft limit. Headers show the amount, and never more as remaining than is left of it.',
    schema: step,
  },
  {
    title: 'limits.NAME.past[].block',
    intro:
      'A block begins at the denial that sets it and ends by itself; it charges nothing, and its end is what `Retry-After` tells. It is asked before all limits: a request that it refuses is an attempt, and no denial. An override that lifts the limit lifts its blocks.',
    schema: block,
  },
  {
    title: 'meters.NAME',
    intro:
      'A meter stands alone as the whole cost of a limit. What settles a reservation may name it instead of the limits.',
    schema: meter,
  },
  { title: 'notify.NAME', intro: 'Whom to tell.', schema: channel },
  {
    title: 'calendar',
    intro: 'Where days, weeks and months begin; of the whole policy, or of one quota.',
    schema: calendar,
  },
  {
    title: 'schedules.NAME',
    intro:
      'When something is open. `during("NAME")` is true while it is; a quota of `100/NAME` counts over each opening, and does not apply while it is closed.',
    schema: schedule,
  },
  {
    title: 'overrides[]',
    intro:
      'An exception for whoever has all of these attributes. More attributes win, then the later `from`; a tie is an error.',
    schema: override,
  },
  {
    title: 'respond',
    intro:
      'What callers are told. In a header block the placeholders speak of its `of`; in an answer, of the reported limit.',
    schema: respond,
  },
  {
    title: 'An answer',
    intro: 'Under `respond.exceeded`, `respond.answers.NAME`, `past` and `require.NAME.else`.',
    schema: answer,
  },
  { title: 'respond.headers[]', intro: 'A header block: a dialect, fields of its own, or both.', schema: headers },
  {
    title: 'respond.merge[]',
    intro:
      'What is written into the API’s own successful JSON bodies. A body that is not JSON, is compressed, is longer than 1 MiB, or has something else in the way of the pointer passes as it came.',
    schema: merge,
  },
  {
    title: 'endpoints.NAME',
    intro:
      'Where callers read their own state: identified like any request, held to `require`, counted nowhere unless nobody can be identified. The answer is JSON, `{ "limits": [...] }`, with one row for each limit that could meet this caller. A limit counted for each operation or group has a row for each. Left out are those whose figure or counter depends on the request itself.\n\nA row has `name`, `label`, `kind`, `unit` and `limit`; what is counted also `used`, `remaining`, and where there is one `resetAt` (RFC 3339) and `resetIn` (seconds); a rate its `window` in seconds, a quota its `period`; `operations`, where it is not for all; and `overridden: true` under an override.',
    schema: endpoint,
  },
];
