import { readArguments } from "./discover/arguments.ts";
import { connectionOf } from "./discover/connection.ts";
import { startController, type Controller } from "./discover/controller.ts";
import { startHealth } from "./discover/health.ts";
import { logLines } from "./discover/log.ts";
import { readKeys, readSettings } from "./discover/settings.ts";

/**
 * `npm run cli -- discover --settings FILE --keys FILE`: hands out credentials to pods and NACK Accounts that ask for them with labels,
 * until SIGTERM or Ctrl-C. In a cluster it runs in a pod (components/discovery).
 */
export async function discover(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  const settings = readSettings(asked.settings);
  const keys = readKeys(asked.keys);
  const config = connectionOf(asked);

  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      stopping.abort();
    });
  }
  let controller: Controller | undefined;
  const health = () => controller?.health() ?? { ready: false };
  const server = asked.port === undefined ? undefined : await startHealth(asked.port, health);
  logLines("info", "started", { region: settings.region, ...(server === undefined ? {} : { port: server.port }) });
  try {
    controller = await startController({ config, settings, keys, log: logLines, signal: stopping.signal });
    await aborted(stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await controller?.stop();
    await server?.stop();
  }
  logLines("info", "stopped");
  return 0;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else {
      signal.addEventListener(
        "abort",
        () => {
          resolve();
        },
        { once: true },
      );
    }
  });
}
