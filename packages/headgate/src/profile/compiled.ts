import type { Expr } from './expression/expr.ts';

/*
 * A policy after it has been read, checked and compiled: plain data that can be written as JSON or as a
 * module, and run where no YAML, CEL or time-zone library is loaded. `headgate/policy` makes it,
 * `planner.ts` turns it into programs, `headgate/http` reads `identify`, `operations` and `respond`.
 */

export type Literal = string | number | boolean | null;

/** How many units, over what span. Exactly one of `windowMs` (rate), `period` (quota) or neither (the rest). */
export interface Amount {
  /** A safe integer in the limit's base unit (requests, bytes, ms, millionths), or an expression for one. */
  readonly units: number | Expr;
  readonly windowMs?: number;
  readonly period?: Period;
}

/** A calendar period; `ever` never ends. */
export type CalendarPeriod = 'day' | 'week' | 'month' | 'year' | 'ever';
/** What a quota counts over: a calendar period, or each opening of the schedule of this name. */
export type Period = CalendarPeriod | (string & {});

/** When something is open. Local times are read on a clock that is never set back: see `calendar/openings.ts`. */
export interface Schedule {
  /** IANA name, or an expression for one. */
  readonly zone: string | Expr;
  readonly spans: readonly ScheduleSpan[];
  /** Days, as numbers since 1970-01-01, on which none of the weekly spans begins. */
  readonly except: readonly number[];
}

/** A half-open span of local time. */
export interface ScheduleSpan {
  /** Days of the week on which it begins, 0 is Monday; undefined: it stands at one date. */
  readonly days?: readonly number[];
  /** In ms after the midnight with which its day begins; of one that stands at a date, after that of 1970-01-01. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * One way to write a figure that depends on something. Leaves are amounts for `rate`, `quota`, `size` …,
 * literals or expressions elsewhere.
 */
export type Value =
  | { readonly is: 'amount'; readonly amount: Amount }
  | { readonly is: 'unlimited' }
  | { readonly is: 'none' }
  | { readonly is: 'literal'; readonly value: Literal }
  | { readonly is: 'expr'; readonly expr: Expr }
  | {
      readonly is: 'table';
      readonly by: Expr;
      readonly rows: readonly (readonly [string, Value])[];
      readonly else?: Value;
    }
  | {
      readonly is: 'cases';
      readonly cases: readonly { readonly when: Expr; readonly use: Value }[];
      readonly else: Value;
      /** In words, where the cases are not as somebody wrote them. */
      readonly says?: string;
    };

/** Where a caller shows who it is. The first source that is present decides. */
export interface IdentitySource {
  /** Becomes `subject.auth`, and names the attribute that says who it is. */
  readonly name: string;
  /** `proxy`: believed from a peer in `address.trust` alone; from anybody else it is as if it were not there. */
  readonly from: 'anyone' | 'proxy';
  /** Places to look, in order; lower-case header names. `prefix` keeps only values that begin so (`ghs_*`). */
  readonly places: readonly {
    readonly in: 'header' | 'bearer' | 'basic' | 'cookie' | 'query';
    readonly name: string;
    readonly prefix: string;
  }[];
  readonly find: Find;
  /** What the subject gets of what was found. Without any, `function` gives all it returned, and the others nothing. */
  readonly attributes: readonly FoundAttribute[];
}

/** How a credential becomes a subject. */
export type Find =
  /** Every value is its own subject. */
  | { readonly is: 'any' }
  | { readonly is: 'keys'; readonly keys: readonly ListedKey[] }
  | { readonly is: 'jwt'; readonly issuers: readonly Issuer[] }
  | { readonly is: 'http'; readonly directory: Directory }
  /** A function that the program around the gate registers under this name. */
  | { readonly is: 'function'; readonly name: string };

export interface ListedKey {
  /** Plain, or `sha256:` and 64 hex digits. */
  readonly key: string;
  readonly attributes: Readonly<Record<string, Literal>>;
}

/** An attribute and where it stands in claims or in a body: member names from the top. Without `default` it must be there. */
export interface FoundAttribute {
  readonly name: string;
  readonly at: readonly string[];
  readonly default?: Literal;
}

/** Who signs tokens (RFC 7519), and what makes one of theirs good here. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly keys:
    | { readonly are: 'at'; readonly url: string }
    | { readonly are: 'here'; readonly jwks: readonly Readonly<Record<string, unknown>>[] }
    | { readonly are: 'shared'; readonly secret: Secret };
  readonly toleranceMs: number;
  /** Where the claims say who it is. */
  readonly id: readonly string[];
}

/** A text that should not stand in a policy: either it does, or a variable of the environment holds it. */
export type Secret = { readonly text: string } | { readonly env: string };

/** An HTTP service that knows credentials. */
export interface Directory {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** How the credential is sent: `bearer`, `basic`, or as a header of this name. */
  readonly send: string;
  readonly headers: readonly (readonly [name: string, value: Secret])[];
  readonly timeoutMs: number;
  /** How long an answer is believed: who was found, and that nobody was. */
  readonly foundMs: number;
  readonly missingMs: number;
  /** How much longer somebody who was found stays known while the service does not answer. */
  readonly staleMs: number;
  /** Most answers remembered, of each kind. */
  readonly entries: number;
  /** Most calls at once. */
  readonly concurrent: number;
}

/** How the upstream reads paths: what it takes for the same path must be counted as the same. */
export interface PathRules {
  /** `unstated`: what only another case would give to another operation is none. */
  readonly case: 'unstated' | 'sensitive' | 'insensitive';
  readonly params: 'refuse' | 'ignore' | 'keep';
  readonly trailingSlash: 'same' | 'distinct';
  readonly encodedSlash: 'refuse' | 'keep';
  readonly doubleEscape: 'refuse' | 'keep';
}

/** What may happen that is no request of its own; `connect` is the request that asks for a web socket. */
export type EventOf =
  | { readonly is: 'connect' }
  /** A frame of a web socket, or an event of an answer that is a stream of them. */
  | { readonly is: 'message'; readonly way: 'in' | 'out' }
  /** While a connection lasts. */
  | { readonly is: 'tick'; readonly everyMs: number }
  /** Reported by the application, under this name. */
  | { readonly is: 'app'; readonly name: string };

/** A named route. `segments` of a path: text, `:name` for one segment, `**` for the rest. */
export interface Operation {
  readonly name: string;
  /** Then it has no routes. */
  readonly event?: EventOf;
  readonly routes: readonly { readonly method: string; readonly path: string; readonly segments: readonly string[] }[];
  readonly when?: Expr;
  readonly group?: string;
  readonly tags: readonly string[];
  /** It is a batch: each element of the list is an operation of its own, by its name, or one more of this. */
  readonly each?: { readonly list: Expr; readonly name?: Expr };
  readonly weight?: Value;
  readonly set: readonly (readonly [string, Value])[];
}

/** Part of a partition. Closed parts take finitely many values and become slots of a record. */
export type Part =
  | { readonly is: 'global' }
  | { readonly is: 'attribute'; readonly path: string }
  | { readonly is: 'operation' }
  | { readonly is: 'group' }
  /** `each`: of a list, every value is a partition of its own, and all of them are charged. */
  | { readonly is: 'expr'; readonly expr: Expr; readonly each?: true };

export type PartsValue =
  | { readonly is: 'parts'; readonly parts: readonly Part[] }
  | {
      readonly is: 'table';
      readonly by: Expr;
      readonly rows: readonly (readonly [string, PartsValue])[];
      readonly else?: PartsValue;
    }
  | {
      readonly is: 'cases';
      readonly cases: readonly { readonly when: Expr; readonly use: PartsValue }[];
      readonly else: PartsValue;
    };

export interface CalendarSpec {
  /** IANA name, or an expression for one. */
  readonly zone: string | Expr;
  /** Day of the month (1–31) on which months begin, or an expression for it. */
  readonly anchor: number | Expr;
  readonly week: 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
}

export interface Limit {
  readonly name: string;
  readonly label: string;
  /** What one unit is called: `requests`, `bytes`, `files` … */
  readonly unit: string;
  readonly kind: LimitKind;
  /** One unit is 10 to the power of minus this of what people read and write: money, and meters with a precision. Default 0. */
  readonly precision?: number;
  readonly amount: Value;
  readonly algorithm: 'sliding' | 'fixed' | 'bucket' | 'gap' | 'decay';
  readonly align: 'first' | 'clock' | 'spread';
  readonly slices: number;
  /** Bucket: the burst; default the amount. */
  readonly burst?: Value;
  readonly calendar: CalendarSpec;
  /** The name that its counters are known by, where it was called otherwise. */
  readonly was?: string;
  /** How its amount grows with use, where it does. */
  readonly ramp?: Ramp;
  /** Counted for each node or region apart; undefined: once for all that share the store. */
  readonly scope?: 'region' | 'node';
  /** With another figure use begins anew, or keeps its part of the whole; undefined: it is kept. */
  readonly onChange?: 'reset' | 'scale';
  /** How it is told, as literals; undefined: as it is. */
  readonly publish?: Value;
  /** Quota: whether units may be given on top. Default: no. */
  readonly grants?: boolean;
  /** Quota: how much of what a period leaves is carried on, and for how many periods. Default: nothing. */
  readonly rollover?: { readonly upTo: Value; readonly periods: number };
  /** Size: what is measured. */
  readonly of?: Expr;
  /** Size: what of it is measured while the body passes, beside what was declared before. */
  readonly measures?: Measure;
  readonly per: PartsValue;
  /** Operation names to which the limit applies; undefined: all. (`on` and `except` resolved at load.) */
  readonly operations?: readonly string[];
  readonly when?: Expr;
  readonly replaces: readonly string[];
  readonly cost: Value;
  readonly count: 'admitted' | 'attempts' | 'denials';
  /** `denials`: the limits whose denials it counts. */
  readonly denials?: readonly string[];
  /** Answer a denial by this limit is written with, where its ladder says nothing else; default `exceeded`. */
  readonly answer: string;
  readonly fail: 'open' | 'closed' | 'local';
  /** Of a rate: that what it counts outlasts the process, in a store that lasts. */
  readonly durable?: true;
  /** What is charged stays reserved until it is known what becomes of it. Undefined: it is charged for good. */
  readonly hold?: Hold;
  /** What happens at which fill, in the order written. Undefined: what would pass 100 % is denied, with `answer`. */
  readonly ladder?: readonly LadderStep[];
}

/**
 * One step of a ladder. `notify` and `mark` happen when what is used with this request reaches their fill, all that are reached. Of the
 * others, those that it would pass, the one with the highest fill decides; at equal fills the first whose `when` holds.
 */
export interface LadderStep {
  /** Parts of a thousand of the amount: literals, or expressions for a number of them. */
  readonly at: Value;
  readonly when?: Expr;
  readonly action: Action;
}

export type Action =
  /** Refuses. */
  | { readonly is: 'deny'; readonly answer: string }
  /** Refuses, and goes on refusing. */
  | { readonly is: 'block'; readonly block: Block }
  /** Holds back instead of refusing. */
  | { readonly is: 'delay'; readonly upToMs: Value; readonly queue: Value; readonly order?: Expr }
  /** Refuses without a word. */
  | { readonly is: 'drop' }
  /** Refuses, and ends the connection. */
  | { readonly is: 'close'; readonly answer: string }
  /** Lets it in, and counts it. */
  | { readonly is: 'admit' }
  /** The same, and reports what is above the fill, under this name. */
  | { readonly is: 'bill'; readonly name: string; readonly channels: readonly Channel[] }
  /** Lets it in and counts only what a refusal would have let in; says that it would have refused. */
  | { readonly is: 'shadow' }
  | { readonly is: 'mark'; readonly name: string }
  | { readonly is: 'notify'; readonly channels: readonly Channel[] };

/** How somebody is kept out after a denial. */
export interface Block {
  /** Tells it apart from other blocks of the limit: its counter is known by it. */
  readonly ordinal: number;
  /** Durations in ms, one each time that it recurs; `wait`: as long as the limit itself would refuse. */
  readonly forMs: readonly Value[] | 'wait';
  /** Undefined: the limit's own. */
  readonly per?: PartsValue;
  /** Operations that it holds for. Undefined: it holds where the limit applies. */
  readonly operations?: readonly string[] | 'all';
  /** How long after its end the next is a recurrence, in ms. Undefined: the longest of its durations. */
  readonly forgetMs?: Value;
  /** Whether trying lengthens it. */
  readonly extend: boolean;
  readonly answer: string;
}

/** How the level of an amount grows: by one at most every so often while it is used, and back to none after so long without. */
export interface Ramp {
  readonly everyMs: number;
  readonly restMs: number;
  /** What counts as use; undefined: any admission. */
  readonly while?: Expr;
}

/** Whom to tell. */
export type Channel =
  | { readonly name: string; readonly log: 'info' | 'warn' | 'error' }
  | { readonly name: string; readonly webhook: { readonly url: string; readonly secret?: Secret } };

/** How a reservation ends. Costs in it are in units, those of a meter or of money too. */
export interface Hold {
  /** How long it lasts when nobody says what became of it, in ms. */
  readonly lease: Value;
  /** Nothing is charged yet, but something must be left (`reserve: any`). */
  readonly any?: true;
  /** What it really cost, once there is a response. Undefined with a cost of its own: whoever settles it says so. */
  readonly actual?: Value;
  /** Whether it counts at all, once there is a response. */
  readonly counts?: Expr;
  /** What it leaves behind when nobody says what it cost. Default: of a permit nothing, else all of it. */
  readonly lost?: Value;
  /** The meter that its cost is one of. */
  readonly meter?: string;
  /** The wait to suggest when it is full, in ms. */
  readonly hintMs?: number;
  /** What is held beyond the exchange, by the name that the response gives it: until one of `ends`, or the lease. */
  readonly id?: Expr;
  /** Nothing is charged until it has lasted so long, in ms; then this cost is, whether there is room or not. */
  readonly after?: { readonly ms: number; readonly cost: Value };
  /** Its cost is a number of bytes, whatever its unit is called: where the response names several things, they share it. */
  readonly ofBytes?: true;
  /** A level that is held beyond the exchange for good, and not for the lease: until one of `ends`. */
  readonly stays?: true;
  /** Whatever is held on a connection ends with it at the latest. */
  readonly untilClosed?: true;
  readonly ends: readonly HoldEnd[];
}

/** A request whose response ends what is held under an id, or an event of the application's. */
export interface HoldEnd {
  readonly operations: readonly string[];
  /** The application's events that end it, by name. */
  readonly events?: readonly string[];
  /** Default: the response is a success. */
  readonly when?: Expr;
  readonly id: Expr;
  /** What stays counted. Default: nothing. */
  readonly cost?: Value;
}

/** What is known of a body only once it has passed. A size of a file is held against every file alone. */
export type Measure = 'request.bytes' | 'request.files' | 'file.bytes';

export type LimitKind = 'rate' | 'quota' | 'concurrency' | 'level' | 'size';

export interface Override {
  readonly for: Readonly<Record<string, Literal>>;
  readonly limits: readonly (readonly [string, Value])[];
  readonly plan?: string;
  readonly lift: readonly string[];
  readonly fromAtMs: number;
  /** FOREVER when it has no end. */
  readonly untilAtMs: number;
  readonly reason: string;
  readonly by: string;
}

/** A piece of a template: text, a placeholder such as `{retryAfter:iso}`, or an expression `{= … }`. */
export type TemplatePart =
  | string
  | { readonly name: string; readonly format?: string }
  | { readonly expr: Expr; readonly format?: string };
export type Template = readonly TemplatePart[];

/** A body: JSON whose texts are templates. A text that is one lone placeholder keeps the placeholder's type. */
export type BodyTemplate =
  | { readonly is: 'text'; readonly template: Template }
  | { readonly is: 'value'; readonly value: Literal }
  | { readonly is: 'list'; readonly items: readonly BodyTemplate[] }
  | { readonly is: 'map'; readonly entries: readonly (readonly [Template, BodyTemplate])[] }
  | TemplateTable<BodyTemplate>
  | TemplateCases<BodyTemplate>;

/** One of several, by what an expression comes to. */
export interface TemplateTable<Leaf> {
  readonly is: 'table';
  readonly by: Expr;
  readonly rows: readonly (readonly [string, Leaf])[];
  readonly else?: Leaf;
}

/** The first whose condition holds. */
export interface TemplateCases<Leaf> {
  readonly is: 'cases';
  readonly cases: readonly { readonly when: Expr; readonly use: Leaf }[];
  readonly else: Leaf;
}

/** A field: its name, and its value, of which a map or a list is written as JSON. */
export type FieldTemplate = readonly [name: Template, value: BodyTemplate];

export interface Answer {
  readonly name: string;
  readonly status: number;
  /** Media type; undefined: JSON for maps and lists, plain text for text. */
  readonly type?: string;
  readonly headers: readonly FieldTemplate[];
  /** `false`: the answer tells no `Retry-After`, as its page says. */
  readonly retryAfter?: false;
  readonly body?: BodyTemplate;
  /** May tell a shorter wait than the true one. */
  readonly advisory?: true;
  /** Not told at all, where a connection can be closed without. */
  readonly silent?: true;
  /** As the answer to a message: ends its web socket with this code (RFC 6455 7.4), and these words. */
  readonly close?: number;
  readonly reason?: Template;
}

export type Dialect = 'x-ratelimit' | 'draft-02' | 'draft-03' | 'draft-06' | 'draft-07' | 'ratelimit';

export interface HeaderBlock {
  /** Limit names, or which limit to speak of. */
  readonly of: readonly string[] | 'binding' | 'tightest';
  readonly operations?: readonly string[];
  readonly only?: 'admitted' | 'denied' | 'succeeded';
  readonly when?: Expr;
  /** Only on requests that a ladder has marked so. */
  readonly marked?: string;
  readonly dialect?: Dialect;
  /** Of the dialect's field names, instead of its own: `X-Rate-Limit-`. */
  readonly prefix?: string;
  readonly policy?: Template;
  readonly reset: 'epoch' | 'epochMs' | 'delta' | 'iso' | 'http';
  readonly used: boolean;
  /** The remaining that a denial shows, when not the true one. */
  readonly denied?: number;
  /** Whether the dialect tells partitions apart, by an opaque key. */
  readonly partition?: true;
  readonly fields: readonly FieldTemplate[];
  readonly join: string;
  readonly each: boolean;
}

/** What is written into an upstream's successful JSON body. */
export interface Merge {
  readonly of: HeaderBlock['of'];
  readonly operations?: readonly string[];
  readonly when?: Expr;
  readonly marked?: string;
  /** The reference tokens of a JSON pointer (RFC 6901), unescaped; at least one. */
  readonly at: readonly string[];
  readonly body: BodyTemplate;
}

/** Where callers read their own state. */
export interface Endpoint {
  readonly name: string;
  readonly routes: Operation['routes'];
  /** Tokens of a JSON pointer: the state goes into the upstream's body there; undefined: it is answered here. */
  readonly merge?: readonly string[];
}

export interface Respond {
  /** Which denying limit an answer speaks of: `binding`, `first` or a limit's name. */
  readonly report: string;
  /** By name; `exceeded`, `unauthorized` and `unidentified` always exist. */
  readonly answers: readonly Answer[];
  readonly headers: readonly HeaderBlock[];
  readonly merge: readonly Merge[];
  /** Where a caller asks for more: an absolute URI. */
  readonly help?: string;
  readonly expose: boolean;
}

export interface CompiledPolicy {
  readonly headgate: 1;
  readonly name: string;
  readonly identify: readonly IdentitySource[];
  readonly anonymous: boolean;
  /** Requests that nobody could identify, per address. */
  readonly unidentified: Value;
  readonly address: {
    readonly trust: readonly string[];
    readonly header?: string;
    readonly group: { readonly v4: number; readonly v6: number };
  };
  readonly derive: readonly (readonly [string, Expr])[];
  readonly plans: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Literal>> }[];
  readonly paths: PathRules;
  /** In order, the first match wins. Empty: every method and path is an operation of its own. */
  readonly operations: readonly Operation[];
  /** What expressions look things up in, by `lookup("NAME", …)`. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, Literal>>>> | undefined;
  /** Functions of the program around the gate that expressions call, by name. */
  readonly hosts?: readonly string[];
  readonly require: readonly { readonly name: string; readonly that: Expr; readonly answer: string }[];
  readonly limits: readonly Limit[];
  readonly overrides: readonly Override[];
  readonly respond: Respond;
  readonly endpoints: readonly Endpoint[];
  /** What `during("NAME")` and quotas over openings mean. */
  readonly schedules?: Readonly<Record<string, Schedule>>;
  /** Published beside the limits, and enforced by the API itself. */
  readonly notes?: readonly (readonly [row: string, Value])[];
  /** Offset transitions of the zones named in the policy, so that no time-zone library is needed later. */
  readonly zones: Readonly<Record<string, ZoneTable>>;
}

/** When a zone's offset from UTC changes, from 2000 to 2101: `atMs[i]` begins `offsetMs[i]`. */
export interface ZoneTable {
  readonly atMs: readonly number[];
  readonly offsetMs: readonly number[];
}
