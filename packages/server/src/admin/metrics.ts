import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Attributes, Meter } from '@opentelemetry/api';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CourierStats, GuardStats } from 'headgate/http';
import type { LeaseStats } from 'headgate/leases';
import type { Meters } from '../gateway/meters.ts';

/** Seconds: from an answer of our own to one that a patient API took its time for. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What is true at this moment. */
export interface Gauges {
  readonly underWay: () => number;
  readonly connections: () => number;
  /** Records that the store keeps. */
  readonly records: () => number;
  /** Requests that hold something: exchanges that last, and what outlives them. */
  readonly reservations: () => number;
  /** Of what web hooks are told. */
  readonly messages: () => CourierStats;
  /** Decisions made in a shared row since the store was full. */
  readonly overflowed: () => number;
  /** What is decided on units that were leased; undefined where nothing is. */
  readonly leases: (() => LeaseStats) | undefined;
  /** How the store answers. */
  readonly guard: () => GuardStats;
}

/** Writes all that is counted as Prometheus text. Labels are few: names of limits, statuses, sorts of attack. */
export type WriteMetrics = (request: IncomingMessage, response: ServerResponse) => void;

export function createMetrics(meters: Meters, gauges: Gauges): WriteMetrics {
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  const meter = new MeterProvider({ readers: [exporter] }).getMeter('headgate');
  const answers = (): Iterable<readonly [string, number]> =>
    meters.answers.map((count, kind) => [kind === 0 ? 'none' : `${kind}xx`, count] as const);
  counter(meter, 'headgate_requests', 'Requests that ended, by the status of their answer', 'status', answers);
  counter(
    meter,
    'headgate_denials',
    'Requests answered by the gateway, by what was reported',
    'limit',
    () => meters.denials,
  );
  counter(meter, 'headgate_failures', 'Requests that could not be judged or served', 'status', () => meters.failures);
  counter(
    meter,
    'headgate_unfinished',
    'Admitted requests without a whole answer of the API, by how they ended',
    'how',
    () => meters.unfinished,
  );
  counter(
    meter,
    'headgate_held_reports',
    'What an operator should know about what is held',
    'is',
    () => meters.reports,
  );
  counter(meter, 'headgate_billed', 'Units above fills that bill', 'name', () => meters.bills);
  counter(meter, 'headgate_billed_back', 'Billed units that were given back', 'name', () => meters.credits);
  counter(meter, 'headgate_notices', 'Fills that the policy wanted told', 'limit', () => meters.notices);
  counter(
    meter,
    'headgate_settlements',
    'What the API said of what it was handed, and how it was answered',
    'answer',
    () => meters.settlements,
  );
  counter(meter, 'headgate_floods', 'Connections ended as attacks', 'of', () => meters.floods);
  single(
    meter,
    'headgate_connections_turned_away',
    'Connections beyond what an address may have',
    () => meters.turnedAway,
  );
  single(meter, 'headgate_store_overflowed', 'Decisions in a shared row of a full store', gauges.overflowed);
  single(meter, 'headgate_messages_delivered', 'Messages that web hooks took', () => gauges.messages().delivered);
  single(meter, 'headgate_messages_lost', 'Messages that no web hook took in time', () => gauges.messages().lost);
  gauge(meter, 'headgate_messages_waiting', 'Messages that wait for a web hook', () => gauges.messages().waiting);
  tellStore(meter, gauges.guard);
  if (gauges.leases !== undefined) tellLeases(meter, gauges.leases);
  gauge(meter, 'headgate_requests_under_way', 'Requests that have not ended', gauges.underWay);
  gauge(meter, 'headgate_connections', 'Open connections', gauges.connections);
  gauge(meter, 'headgate_reservations', 'Requests that hold something', gauges.reservations);
  gauge(meter, 'headgate_store_records', 'Records in the store', gauges.records);
  const took = meter.createHistogram('headgate_request_duration', {
    description: 'From the head of a request to the end of its answer',
    unit: 's',
    advice: { explicitBucketBoundaries: BUCKETS },
  });
  meters.onTook = (ms) => took.record(ms / 1000);
  return (request, response) => exporter.getMetricsRequestHandler(request, response);
}

/** How the store answers, and what became of requests where it did not. */
function tellStore(meter: Meter, guard: Gauges['guard']): void {
  gauge(meter, 'headgate_store_up', 'Whether the store answers', () => (guard().isDown ? 0 : 1));
  gauge(meter, 'headgate_store_owed', 'What the store is to be told when it answers', () => guard().owed);
  single(meter, 'headgate_store_failures', 'Calls of the store that failed, or took too long', () => guard().failures);
  single(meter, 'headgate_store_lost', 'What the store will never be told', () => guard().lost);
  counter(meter, 'headgate_degraded', 'Requests judged without the store, by what limits say of that', 'fail', () =>
    Object.entries(guard().degraded),
  );
}

function tellLeases(meter: Meter, leases: () => LeaseStats): void {
  gauge(meter, 'headgate_lease_callers', 'Callers who asked lately', () => leases().callers);
  single(meter, 'headgate_leased', 'Decisions on units that were leased, which asked nobody', () => leases().local);
  single(meter, 'headgate_lease_draws', 'How often units were drawn', () => leases().draws);
  single(meter, 'headgate_lease_given_back', 'Units drawn that came back', () => leases().givenBack);
  single(meter, 'headgate_lease_lost', 'Units drawn that may count though nobody spent them', () => leases().lost);
}

function counter(
  meter: Meter,
  name: string,
  description: string,
  label: string,
  read: () => Iterable<readonly [string, number]>,
): void {
  meter.createObservableCounter(name, { description }).addCallback((result) => {
    for (const [value, count] of read()) result.observe(count, { [label]: value } satisfies Attributes);
  });
}

function single(meter: Meter, name: string, description: string, read: () => number): void {
  meter.createObservableCounter(name, { description }).addCallback((result) => result.observe(read()));
}

function gauge(meter: Meter, name: string, description: string, read: () => number): void {
  meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(read()));
}
