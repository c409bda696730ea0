import { CountsPerMinute, Short } from "@grafana/grafana-foundation-sdk/units";
import { refusedLoginLine } from "../../../../nats/alerts/logs.ts";
import type { Logs, Row } from "../panel.ts";

/** The chosen servers' own log, with the labels that Grafana's agents give to pods. */
const log = '{namespace=~"$namespace", pod=~"$pod", container="nats"}';

function perMinute(title: string, description: string, pattern: string): Logs {
  const expression = `sum by (pod) (count_over_time(${log} |~ \`${pattern}\` [1m]))`;
  return {
    ...{ kind: "log-rate", title, description, unit: CountsPerMinute, width: 8 },
    queries: [{ expression, legend: "{{pod}}" }],
    whenEmpty: "none",
  };
}

/** What the servers write themselves. */
export const logs: Row = {
  title: "Logs",
  appliesTo: (settings) => settings.lokiUid !== undefined,
  panels: () => [
    perMinute("Refused logins", "Lines of the servers about logins that were refused.", refusedLoginLine),
    perMinute(
      "Raft",
      "Lines about a majority that is lost, and about leaders that change.",
      "NO quorum|new (metadata|stream|consumer) leader|no metadata leader",
    ),
    perMinute("Warnings and errors", "Lines that the servers write as warnings or errors.", `\\[(WRN|ERR|FTL)\\]`),
    {
      ...{ kind: "logs", title: "Log", description: "What the servers write, without what is routine.", unit: Short },
      width: 24,
      queries: [{ expression: `${log} |~ \`\\[(WRN|ERR|FTL)\\]|JetStream|Lame Duck\``, legend: "" }],
    },
  ],
};
