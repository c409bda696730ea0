import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { until } from "../../../cli/local/health.ts";
import { eventually } from "./monitoring.ts";
import type { ActiveAlert, Prometheus } from "./prometheus.ts";

/** Something that goes wrong, and comes right again. */
export interface Fault {
  /** What happens, for people. */
  readonly what: string;
  /** Alerts that fire while it lasts, and resolve after. */
  readonly alerts: readonly string[];
  /** Alerts that do not fire meanwhile. */
  readonly silent?: readonly string[];
  /** Resolves when the fault is there. */
  cause(): Promise<unknown>;
  /** Looked at while all of the alerts fire. */
  check?(firing: readonly ActiveAlert[]): void | Promise<void>;
  /** Resolves when the fault is gone. */
  cure(): Promise<unknown>;
}

/** How long an alert may take to fire, and to resolve: generous, as the machine may be busy. */
const patienceSeconds = 180;

/** How long an alert took, in seconds. */
interface Delay {
  readonly alert: string;
  readonly firing: number;
  readonly resolved: number;
}

/** Causes a fault, sees its alerts fire, ends it, and sees them resolve. The delays are in the test's output. */
export async function provoke(t: TestContext, prometheus: Prometheus, fault: Fault): Promise<Delay[]> {
  const { alerts, silent = [] } = fault;
  const fires = async (name: string) => (await firing(prometheus, name)).length > 0;
  const watchedNames = [...alerts, ...silent];
  let before: string[] = [];
  await until(Date.now() + patienceSeconds * 1000, async () => {
    before = (await activeOf(prometheus, watchedNames)).map(({ labels }) => JSON.stringify(labels));
    return before.length === 0;
  });
  assert.deepEqual(before, [], `before: ${fault.what}`);
  const started = Date.now();
  await fault.cause();
  const caused = Date.now();
  const since = (time: number) => (Date.now() - time) / 1000;
  const firingAfter = await Promise.all(
    alerts.map(async (name) => {
      await eventually(`${name} fires: ${fault.what}`, () => fires(name), patienceSeconds);
      return since(caused);
    }),
  );
  await fault.check?.(await firing(prometheus));
  await assertSilent(prometheus, silent, started);
  await fault.cure();
  const cured = Date.now();
  const delays = await Promise.all(
    alerts.map(async (alert, index) => {
      await eventually(`${alert} resolves after: ${fault.what}`, async () => !(await fires(alert)), patienceSeconds);
      return { alert, firing: firingAfter[index] ?? Number.NaN, resolved: since(cured) };
    }),
  );
  for (const delay of delays) {
    const [fired, resolved] = [delay.firing.toFixed(1), delay.resolved.toFixed(1)];
    t.diagnostic(`${fault.what} | ${delay.alert} | firing after ${fired} s | resolved after ${resolved} s`);
  }
  return delays;
}

/** Alerts that fire now: of one name, or all. */
export async function firing(prometheus: Prometheus, name?: string): Promise<ActiveAlert[]> {
  return (await prometheus.alerts(name)).filter(({ state }) => state === "firing");
}

/** Sees that none of these has fired since a time (milliseconds since 1970), not even between two looks. */
export async function assertSilent(prometheus: Prometheus, names: readonly string[], since: number): Promise<void> {
  if (names.length === 0) return;
  // To the millisecond: one that has fired for the test before may have ended a moment ago.
  const range = `${String(Math.max(1, Date.now() - since))}ms`;
  const fired = await prometheus.query(
    `count by (alertname) (max_over_time(ALERTS{alertstate="firing",alertname=~"${names.join("|")}"}[${range}]))`,
  );
  assert.deepEqual(
    fired.map(({ labels }) => labels.alertname),
    [],
  );
}

async function activeOf(prometheus: Prometheus, names: readonly string[]): Promise<ActiveAlert[]> {
  return (await prometheus.alerts()).filter(({ labels }) => names.includes(labels.alertname ?? ""));
}
