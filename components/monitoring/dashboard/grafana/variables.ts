import {
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { series } from "../../../../nats/alerts/series.ts";
import type { DashboardSettings } from "../settings.ts";
import { prometheusOf, type Sources } from "./queries.ts";

/** A variable whose values are those that a label has on a series. */
interface Choice {
  readonly name: string;
  /** What it is called at the top of the dashboard. */
  readonly heading: string;
  readonly label: string;
  readonly of: string;
}

function variable({ name, heading, label, of }: Choice, sources: Sources): QueryVariableBuilder {
  const query = `label_values(${of}, ${label})`;
  return new QueryVariableBuilder(name)
    .label(heading)
    .datasource(prometheusOf(sources))
    .definition(query)
    .query({ query, refId: "values", qryType: 1 })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ text: ["All"], value: ["$__all"] });
}

function choices(settings: DashboardSettings): Choice[] {
  const { streams, accounts } = settings;
  const told = (name: string, ...matchers: readonly string[]) => series(settings, name, ...matchers);
  const pod = { name: "pod", heading: "Server", label: "pod", of: told("connz_limit") };
  const account = {
    ...{ name: "account", heading: "Account", label: "account_name" },
    of: told(accounts ? "accstatz_current_connections" : "account_storage_used"),
  };
  const stream = { name: "stream", heading: "Stream", label: "stream_name" };
  if (streams === "none") return [pod, account];
  return [pod, account, { ...stream, of: told("stream_total_messages", 'account_name=~"$account"') }];
}

/** Logs know nothing of regions: they are found by the servers' namespace. Loki takes no query that would take every namespace. */
function namespaceOfLogs(settings: DashboardSettings, sources: Sources): QueryVariableBuilder {
  const of = series(settings, "connz_limit");
  return variable({ name: "namespace", heading: "Namespace", label: "namespace", of }, sources)
    .includeAll(false)
    .current({ text: [], value: [] })
    .hide(VariableHide.HideVariable);
}

/** What can be chosen at the top of the dashboard. The region cannot: it is the dashboard's. */
export function variables(settings: DashboardSettings, sources: Sources): VariableModel[] {
  return [
    ...choices(settings).map((choice) => variable(choice, sources)),
    ...(settings.lokiUid === undefined ? [] : [namespaceOfLogs(settings, sources)]),
  ].map((builder) => builder.build());
}
