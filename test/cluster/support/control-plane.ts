import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBox, succeed } from "../../../tools/cluster/box.ts";
import { makeAuthority, type Authority } from "../../../tools/cluster/certificates.ts";
import { API_PORT, startApi, startApiServer, startControllers } from "../../../tools/cluster/control-plane.ts";
import { prepareMachine } from "../../../tools/cluster/debian.ts";
import { until } from "../../../tools/cluster/wait.ts";
import { which } from "../../../tools/run.ts";

/** A Kubernetes API without nodes: objects can be made, and controllers can work on them. */
export interface ControlPlane {
  /** An administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Address of the API server. */
  readonly server: string;
  /** What signs its certificates, and others that the tests need. */
  readonly authority: Authority;
  /** For files of the tests; it goes with the control plane. */
  readonly folder: string;
  kubectl(...args: string[]): Promise<string>;
  /** Applies objects as a careful person does: an unknown field or a warning fails. */
  apply(...objects: object[]): Promise<void>;
  /** Kills the API server, waits for what is to be seen meanwhile, and starts it again. */
  withoutApi(meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** The program of this name that the ring has put on PATH. */
export function programOfRing(name: string): string {
  const file = which(name);
  if (file === undefined) throw new Error(`no ${name} on PATH: run this with \`npm test cluster\``);
  return file;
}

/**
 * Starts etcd and the API server in namespaces of their own, reachable from this machine. `hasControllers`: with Kubernetes' own
 * controllers, which collect garbage, give namespaces their service accounts and make pods of workloads, for which there is no node.
 */
export async function startControlPlane({ hasControllers = false } = {}): Promise<ControlPlane> {
  await prepareMachine();
  // The prefix is the cluster's, which removes what killed runs have left.
  const folder = mkdtempSync(join(tmpdir(), `nats-platform-cluster-${String(process.pid)}-`));
  const box = await openBox(folder);
  const stop = async () => {
    await box.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const certificates = join(folder, "certificates");
    mkdirSync(certificates, { mode: 0o700 });
    const authority = await makeAuthority(certificates);
    const plan = { box, folder, programs: programOfRing, context: "ring", authority };
    const kubeconfig = await startApi(plan);
    const kubectl = (...args: string[]) => succeed(programOfRing("kubectl"), ["--kubeconfig", kubeconfig, ...args]);
    const ready = () =>
      until("the API server is ready", () => kubectl("get", "--raw", "/readyz"), {
        seconds: 120,
        explain: () => box.logs(),
      });
    await ready();
    if (hasControllers) await startControllers(plan);
    let applied = 0;
    return {
      kubeconfig,
      server: `https://${box.addresses.node}:${String(API_PORT)}`,
      authority,
      folder,
      kubectl,
      async apply(...objects) {
        const file = join(folder, `applied-${String((applied += 1))}.json`);
        writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }), { mode: 0o600 });
        await kubectl("apply", "--server-side", "--validate=strict", "--warnings-as-errors", "-f", file);
      },
      async withoutApi(meanwhile) {
        await box.run("sh", ["-c", "kill -KILL $(pidof kube-apiserver)"]);
        await meanwhile();
        await startApiServer(plan);
        await ready();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
