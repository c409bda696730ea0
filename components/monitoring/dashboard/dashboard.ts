import {
  DashboardCursorSync,
  defaultDashboard,
  RowBuilder,
  type Dashboard,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { canonicalJson } from "../../../nats/canonical-json.ts";
import { grafanaPanel } from "./grafana/panel.ts";
import { variables } from "./grafana/variables.ts";
import { placed } from "./layout.ts";
import type { Row } from "./panel.ts";
import { accounts } from "./rows/accounts.ts";
import { connections } from "./rows/connections.ts";
import { consumers } from "./rows/consumers.ts";
import { links } from "./rows/links.ts";
import { logs } from "./rows/logs.ts";
import { messages } from "./rows/messages.ts";
import { mqtt } from "./rows/mqtt.ts";
import { grafanaUid } from "../grafana/uid.ts";
import { overview } from "./rows/overview.ts";
import { replication } from "./rows/replication.ts";
import { streams } from "./rows/streams.ts";
import { system } from "./rows/system.ts";
import type { DashboardSettings } from "./settings.ts";

/** From top to bottom. */
const rows: readonly Row[] = [
  ...[overview, connections, messages, streams, consumers, replication],
  ...[accounts, mqtt, links, system, logs],
];

/**
 * Uid of a region's dashboard. It is the region's for ever: links to the dashboard have it. That of region `folder-x` must not be the uid of
 * region `x`'s folder, and no other region's either: names of regions have no `_`.
 */
export function dashboardUid(region: string): string {
  return region.startsWith("folder-") ? grafanaUid(`nats_${region}`) : grafanaUid("nats", region);
}

/**
 * The dashboard of a region, as the JSON that Grafana imports. Equal settings give equal text.
 *
 * It is of Grafana's first kind, which the custom resource GrafanaDashboard and the sidecar of Grafana's chart deliver to every version;
 * the second kind is known to Grafana 12 and later alone.
 */
export function dashboardJson(settings: DashboardSettings): string {
  // The kit's queries carry functions that mark what they are: they are no part of the JSON.
  const plain: unknown = JSON.parse(JSON.stringify(dashboardOf(settings)));
  return `${JSON.stringify(JSON.parse(canonicalJson(plain)), undefined, 2)}\n`;
}

// eslint-disable-next-line @typescript-eslint/no-deprecated -- see dashboardJson: the first kind of dashboard
function dashboardOf(settings: DashboardSettings): Dashboard {
  const { dataSource: prometheus, lokiUid: loki, scrapeSeconds } = settings;
  const sources = { prometheus, loki, scrapeSeconds };
  return {
    ...defaultDashboard(),
    uid: dashboardUid(settings.region),
    title: `NATS ${settings.region}`,
    description: `NATS servers of region ${settings.region}. Made by nats-platform: changes made in Grafana are lost.`,
    tags: ["nats", "nats-platform"],
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: "now-1h", to: "now" },
    refresh: "30s",
    templating: { list: variables(settings, sources) },
    panels: placed(rows, settings).map((item) => {
      if ("panel" in item) return grafanaPanel(item.panel, item, sources);
      const { x, y, w, h } = item;
      return new RowBuilder(item.heading).id(item.id).gridPos({ x, y, w, h }).build();
    }),
  };
}
