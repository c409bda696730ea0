import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AuthorizationError } from "@nats-io/transport-node";
import type { DashboardSettings } from "../../../components/monitoring/dashboard/settings.ts";
import { systemExporterName } from "../../../components/monitoring/system-exporter.ts";
import { systemExporterUser } from "../../../config/system-exporter-user.ts";
import { CLUSTER_LABEL, COMPONENT_LABEL, components } from "../../../nats/alerts/series.ts";
import { parseCreds } from "../../../nats/creds.ts";
import { platformOf } from "../../support/program.ts";
import { connectWith } from "./clients.ts";
import { startExporterCommand, type ExporterCommand } from "./exporter.ts";
import { freePort } from "./free-port.ts";
import { startLoad, type Load } from "./load.ts";
import { regionName, type TestRegion } from "./region.ts";
import { startWatched, type WatchedRegion } from "./watched-region.ts";

/** The dev region with MQTT, watched by all exporters, under load. */
export interface LoadedRegion {
  readonly watched: WatchedRegion;
  readonly load: Load;
  /** What its dashboard follows from. */
  readonly dashboard: DashboardSettings;
  /** A login that is refused. */
  failLogin(): Promise<void>;
  end(): Promise<void>;
}

const dashboard: DashboardSettings = {
  ...{ region: regionName, dataSource: "prometheus", streams: "consumers" },
  ...{ accounts: true, gateways: true, leafnodes: true, hasSystemExporter: true },
};

/** Starts it, with streams that are there and a first round of load. */
export async function startLoaded(scrapeSeconds: number): Promise<LoadedRegion> {
  const port = await freePort();
  const watched = await startWatched({ run: { platform: platformWithPhones() }, scrapeSeconds });
  const ends = [() => watched.end()];
  const end = async () => {
    for (const stop of ends.toReversed()) await stop();
  };
  try {
    const { region } = watched;
    const exporter = await startSystemExporter(region, port);
    ends.push(async () => {
      await exporter.end();
    });
    const labels = { [CLUSTER_LABEL]: regionName, [COMPONENT_LABEL]: components.system };
    watched.scrape({
      address: `127.0.0.1:${String(port)}`,
      labels: { ...labels, namespace: "nats", pod: systemExporterName },
    });
    const load = await startLoad(region, parseCreds(region.credential("IOT", "phone").creds).jwt);
    ends.push(() => load.end());
    await load.round(60);
    return { watched, load, dashboard, failLogin: () => failLogin(region), end };
  } catch (error) {
    await end();
    throw error;
  }
}

function startSystemExporter(region: TestRegion, port: number): Promise<ExporterCommand> {
  const creds = join(region.folder, "system-exporter.creds");
  writeFileSync(creds, region.credential("SYS", systemExporterUser(regionName)).creds, { mode: 0o600 });
  return startExporterCommand([
    ...region.urls.flatMap((url) => ["--server", url]),
    ...["--creds", creds, "--port", String(port), "--interval", "1s", "--mqtt-client", "phone-0"],
  ]);
}

async function failLogin(region: TestRegion): Promise<void> {
  const signature = /(eyJ[\w-]+\.[\w-]+\.)[\w-]{10}/;
  const creds = region.credential("SERVICES", "orders").creds.replace(signature, "$1AAAAAAAAAA");
  await assert.rejects(connectWith(creds, region.urls.slice(0, 1)), AuthorizationError);
}

/** The dev stack with a bearer for MQTT clients. */
function platformWithPhones(): object {
  const platform = structuredClone(platformOf("dev")) as unknown as {
    accounts: Record<"IOT", { roles: Record<string, object>; users: Record<string, object> }>;
  };
  const { IOT } = platform.accounts;
  const own = ["sensors.{{name()}}", "sensors.{{name()}}.>"];
  IOT.roles.phone = { bearer: true, publish: own, subscribe: [...own, "$MQTT.sub.>"] };
  IOT.users.phone = { role: "phone", deliver: [{ region: regionName, namespace: "iot", secret: "phone" }] };
  return platform;
}
