import { live, series } from "../../../nats/alerts/series.ts";
import type { Query } from "./panel.ts";
import type { DashboardSettings } from "./settings.ts";

type Region = Pick<DashboardSettings, "region">;

const pods = 'pod=~"$pod"';
const accounts = 'account_name=~"$account"';
const streams = 'stream_name=~"$stream"';

/** Over which time Grafana takes a rate: at least four scrapes, so that a line has no gaps. */
const rateTime = "$__rate_interval";

/** What names a stream, and a consumer. */
export const byStream = "account_name, stream_name";
export const byConsumer = `${byStream}, consumer_name`;

/** How many lines are drawn where there may be thousands. */
export const mostLines = 20;

/** A series of the chosen servers. */
export function ofServers(region: Region, name: string, ...matchers: readonly string[]): string {
  return series(region, name, pods, ...matchers);
}

/** A value of the chosen servers from varz, where the server still answers: see {@link live}. */
export function liveOf(region: Region, name: string): string {
  return live(region, ofServers(region, name));
}

/** How fast a counter of the chosen servers grows, each second. A server that answers no more counts nothing more either. */
export function rateOf(region: Region, name: string): string {
  return `rate(${ofServers(region, name)}[${rateTime}])`;
}

/**
 * What each server tells, once, so that it can be counted or summed up: where two instances of Prometheus scrape the servers and one place
 * has the series of both, there are two of each.
 *
 * @param by labels that tell a server's series apart
 */
export function once(expression: string, ...by: readonly string[]): string {
  return `max by (${["namespace", "pod", ...by].join(", ")}) (${expression})`;
}

/** One line for each server. */
export function perServer(expression: string): Query {
  return { expression: `max by (pod) (${expression})`, legend: "{{pod}}" };
}

/** A series of the chosen accounts. */
export function ofAccounts(region: Region, name: string, ...matchers: readonly string[]): string {
  return series(region, name, accounts, ...matchers);
}

/** What is told of the chosen streams by every replica. */
export function ofReplicas(region: Region, name: string, ...matchers: readonly string[]): string {
  return series(region, `stream_${name}`, accounts, streams, ...matchers);
}

/** What the leader of each of the chosen streams tells: replicas tell the same again. */
export function ofStreams(region: Region, name: string, ...matchers: readonly string[]): string {
  return ofReplicas(region, name, 'is_stream_leader="true"', ...matchers);
}

/** What the leader of each consumer tells; on the other replicas these numbers mean nothing. */
export function ofConsumers(region: Region, name: string): string {
  return series(region, `consumer_${name}`, accounts, streams, 'is_consumer_leader="true"');
}

/** The rate of an expression that is one series. */
export function rate(selected: string): string {
  return `rate(${selected}[${rateTime}])`;
}

/** The streams with the highest values. */
export function highestStreams(expression: string): Query {
  return {
    expression: `topk(${String(mostLines)}, max by (${byStream}) (${expression}))`,
    legend: "{{account_name}} {{stream_name}}",
  };
}

/** The consumers with the highest values. */
export function highestConsumers(expression: string): Query {
  return {
    expression: `topk(${String(mostLines)}, max by (${byConsumer}) (${expression}))`,
    legend: "{{account_name}} {{stream_name}} {{consumer_name}}",
  };
}
