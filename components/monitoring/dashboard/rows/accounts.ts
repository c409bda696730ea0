import { BytesIEC, BytesPerSecondIEC, MessagesPerSecond, Short } from "@grafana/grafana-foundation-sdk/units";
import { graph, type Graph, type Row } from "../panel.ts";
import type { DashboardSettings } from "../settings.ts";
import { ofAccounts, once, rate } from "../told.ts";

const by = "account_name";
const legend = "{{account_name}}";

function connectionPanels(settings: DashboardSettings): Graph[] {
  const told = (name: string) => ofAccounts(settings, `accstatz_${name}`);
  const sum = (expression: string) => [{ expression: `sum by (${by}) (${once(expression, by)})`, legend }];
  return [
    graph({
      title: "Connections",
      description: "Clients and leaf nodes of each account, on all servers.",
      unit: Short,
      queries: sum(told("current_connections")),
      isStacked: true,
    }),
    graph({
      title: "Messages from clients",
      description: "What servers get from the account's clients.",
      unit: MessagesPerSecond,
      queries: sum(rate(told("received_messages"))),
    }),
    graph({
      title: "Messages to clients",
      description: "What servers send to the account's clients.",
      unit: MessagesPerSecond,
      queries: sum(rate(told("sent_messages"))),
    }),
    graph({
      title: "Bytes from and to clients",
      description: "Both together, for each account.",
      unit: BytesPerSecondIEC,
      queries: sum(`${rate(told("received_bytes"))} + ${rate(told("sent_bytes"))}`),
    }),
    graph({
      title: "Slow consumers",
      description: "Clients of the account within 5 minutes that were cut off because they read too slowly.",
      unit: Short,
      queries: sum(`increase(${told("slow_consumers")}[5m])`),
    }),
  ];
}

function storagePanels(settings: DashboardSettings): Graph[] {
  // Every server tells the sum over all of them. Unlimited is told as 2^64.
  const told = (name: string) => ofAccounts(settings, `account_${name}`);
  const limit = `((${told("max_storage")} > 0) < 1e18)`;
  return [
    graph({
      title: "Storage",
      description: "What the account's streams use on all servers together, and the account's limit.",
      unit: BytesIEC,
      queries: [
        { expression: `max by (${by}) (${told("storage_used")})`, legend },
        { expression: `max by (${by}) (${limit})`, legend: `${legend} limit` },
      ],
      whenEmpty: "no account has JetStream",
    }),
  ];
}

/** Who uses the servers how much. */
export const accounts: Row = {
  title: "Accounts",
  panels: (settings) => [...(settings.accounts ? connectionPanels(settings) : []), ...storagePanels(settings)],
};
