/**
 * The picture in docs/dashboard.md: the dev region under a load that changes, watched for some minutes, and its dashboard drawn from what
 * Prometheus has seen: `npm run bench dashboard-picture [FILE.png] [MINUTES]`.
 */
import { join } from "node:path";
import { tmpdir } from "node:os";
import { setTimeout } from "node:timers/promises";
import { dashboardJson } from "../components/monitoring/dashboard/dashboard.ts";
import { startLoaded, type LoadedRegion } from "../test/servers/support/loaded-region.ts";
import { drawDashboard } from "../tools/picture/draw.ts";

const [file = join(tmpdir(), "dashboard.png"), minutes = "8"] = process.argv.slice(2);
const scrapeSeconds = 5;
const seconds = Number(minutes) * 60;

/** What the load is at a time from 0, the start, to 1, the end. */
const messagesAt = (time: number) => Math.round(40 + 30 * Math.sin(time * 12) + (time > 0.3 && time < 0.4 ? 150 : 0));
const connectionsAt = (time: number) => (time > 0.2 && time < 0.8 ? 24 : 9);
const isDown = (time: number) => time > 0.55 && time < 0.68;

async function run(region: LoadedRegion): Promise<void> {
  const { load, watched } = region;
  const start = Date.now();
  const pod = watched.pods[2];
  let wasDown = false;
  for (let time = 0; time < 1; time = (Date.now() - start) / 1000 / seconds) {
    if (isDown(time) !== wasDown) {
      wasDown = !wasDown;
      await (wasDown ? pod?.killServer() : pod?.restore());
    }
    const pause = setTimeout(1000);
    await load.idle(connectionsAt(time)).catch(() => undefined);
    if (time > 0.7 && time < 0.8) await region.failLogin();
    await Promise.all([load.round(messagesAt(time)), pause]);
  }
}

const loaded = await startLoaded(scrapeSeconds);
try {
  const { prometheus } = loaded.watched;
  console.log(`Prometheus is at ${prometheus.url} for ${minutes} minutes`);
  await run(loaded);
  await drawDashboard({
    ...{
      dashboard: dashboardJson({ ...loaded.dashboard, gateways: false, leafnodes: false }),
      prometheus: prometheus.url,
      file,
    },
    ...{ scrapeSeconds, end: Date.now() / 1000, seconds },
  });
  console.log(file);
} finally {
  await loaded.end();
}
