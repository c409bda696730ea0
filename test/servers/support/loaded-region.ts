import assert from "node:assert/strict";
import { AuthorizationError } from "@nats-io/transport-node";
import type { DashboardSettings } from "../../../components/monitoring/dashboard/settings.ts";
import { connectWith } from "./clients.ts";
import { startLoad, type Load } from "./load.ts";
import { phoneLogin, platformWithPhones } from "./phones.ts";
import { regionName, type TestRegion } from "./region.ts";
import { startSystemExporter, systemTarget } from "./system-watch.ts";
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

const dashboard: Omit<DashboardSettings, "scrapeSeconds"> = {
  ...{ region: regionName, isClustered: true, dataSource: "prometheus", streams: "consumers" },
  ...{ accounts: true, gateways: true, leafnodes: true, hasSystemExporter: true },
};

/** Starts it, with streams that are there and a first round of load. */
export async function startLoaded(scrapeSeconds: number): Promise<LoadedRegion> {
  const watched = await startWatched({ run: { platform: platformWithPhones() }, scrapeSeconds });
  const ends = [() => watched.end()];
  const end = async () => {
    for (const stop of ends.toReversed()) await stop();
  };
  try {
    const { region } = watched;
    const exporter = await startSystemExporter(region, ["phone-0"]);
    ends.push(async () => {
      await exporter.end();
    });
    watched.scrape(systemTarget(exporter));
    const load = await startLoad(region, phoneLogin(region, "phone").password);
    ends.push(() => load.end());
    await load.round(60);
    return { watched, load, dashboard: { ...dashboard, scrapeSeconds }, failLogin: () => failLogin(region), end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function failLogin(region: TestRegion): Promise<void> {
  const signature = /(eyJ[\w-]+\.[\w-]+\.)[\w-]{10}/;
  const creds = region.credential("SERVICES", "orders").creds.replace(signature, "$1AAAAAAAAAA");
  await assert.rejects(connectWith(creds, region.urls.slice(0, 1)), AuthorizationError);
}
