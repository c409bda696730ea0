import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Trouble } from "../project.ts";
import { which } from "../run.ts";
import { openBox, type Box } from "./box.ts";
import { makeAuthority } from "./certificates.ts";
import { startApi, startControllers, type Plan } from "./control-plane.ts";
import { prepareMachine } from "./debian.ts";
import { startDns } from "./dns.ts";
import { importImage, pauseImage, type Image } from "./images.ts";
import { makeControlGroup, removeAbandoned, rememberKernelSettings } from "./machine.ts";
import { NODE, startContainerd, startKubelet } from "./node.ts";
import { startPolicies } from "./policies.ts";
import { makeVolumes, storageObjects } from "./storage.ts";
import { until } from "./wait.ts";

/** A running Kubernetes cluster of one node. */
export interface Cluster {
  /** Path of an administrator's kubeconfig, and the name of its one context. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Address of the cluster's name server. It, the pods and the Services are reachable from this machine. */
  readonly dns: string;
  /** Runs kubectl as administrator and returns what it prints; throws when it fails. `input` is its standard input. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Runs a command on the node, as root, and returns what it prints; throws when it fails. */
  onNode(command: string, args: readonly string[]): Promise<string>;
  /** The last lines of every part's log. */
  logs(): string;
  /** Ends everything and removes what was made on the machine. */
  stop(): Promise<void>;
}

/** What a cluster is to have. */
export interface ClusterOptions {
  readonly context: string;
  readonly images: readonly Image[];
  /** How many volumes there are to claim. */
  readonly volumes: number;
  /** Whether NetworkPolicies are enforced. They are not by default: it takes one more program, and each new pod waits for its rules. */
  readonly hasPolicies?: boolean | undefined;
}

/** Before the process id, in the names of what is made on the machine. */
const PREFIX = "nats-platform-cluster-";

/**
 * Starts a cluster from the programs on PATH: etcd, the control plane, containerd, a kubelet, kube-proxy and CoreDNS, in namespaces of
 * their own. Resolves when the node is ready. Takes root; installs what Debian has and the machine lacks.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  await prepareMachine();
  removeAbandoned(PREFIX, tmpdir());
  const name = `${PREFIX}${String(process.pid)}`;
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const undo: (() => void | Promise<void>)[] = [
    () => {
      rmSync(folder, { recursive: true, force: true });
    },
  ];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    undo.push(rememberKernelSettings());
    undo.push(makeControlGroup(name));
    const box = await openBox(folder);
    undo.push(() => box.close());
    return { ...(await furnish(box, folder, name, options)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function furnish(
  box: Box,
  folder: string,
  controlGroup: string,
  options: ClusterOptions,
): Promise<Omit<Cluster, "stop">> {
  const { context, images, volumes, hasPolicies = false } = options;
  const certificates = join(folder, "certificates");
  mkdirSync(certificates, { mode: 0o700 });
  const plan: Plan = { box, folder, programs: programOnPath, context, authority: await makeAuthority(certificates) };
  startContainerd(plan);
  const kubeconfig = await startApi(plan);
  const kubectl = (args: readonly string[], input = "") => runKubectl(kubeconfig, args, input);
  const isHopeless = () => {
    const [name] = box.ended();
    return name === undefined ? undefined : `${name} has ended\n${box.logs(name)}`;
  };

  const patience = { seconds: 120, explain: () => box.logs(), isHopeless };
  await until("containerd answers", () => box.run("ctr", ["version"]), patience);
  for (const [index, image] of [pauseImage, ...images].entries())
    await importImage(box, join(folder, `image-${String(index)}`), image);
  await until("the API server is ready", () => kubectl(["get", "--raw", "/readyz"]), patience);
  await startControllers(plan);
  await startDns(plan);
  await startKubelet(plan, `/${controlGroup}`);
  const disks = await makeVolumes(box, join(folder, "volumes"), volumes);
  await kubectl(["create", "--filename=-"], JSON.stringify(list(storageObjects(disks))));
  await until(
    "the node is ready",
    () => kubectl(["wait", `node/${NODE}`, "--for=condition=Ready", "--timeout=10s"]),
    patience,
  );
  if (hasPolicies) await startPolicies(plan, { kubectl });
  await until("every namespace has its service account", () => kubectl(["get", "serviceaccount/default"]), patience);
  return {
    kubeconfig,
    context,
    dns: box.addresses.dns,
    kubectl,
    onNode: (command, args) => box.run(command, args),
    logs: () => box.logs(),
  };
}

function list(items: readonly object[]): object {
  return { apiVersion: "v1", kind: "List", items };
}

function programOnPath(name: string): string {
  const file = which(name);
  if (file === undefined) throw new Trouble(`the cluster ring needs ${name} on PATH: run it with \`npm test cluster\``);
  return file;
}

function runKubectl(kubeconfig: string, args: readonly string[], input: string): Promise<string> {
  const child = spawn(programOnPath("kubectl"), ["--kubeconfig", kubeconfig, ...args], { stdio: "pipe" });
  let output = "";
  let complaint = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (complaint += chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`kubectl ${args.join(" ")} failed (${String(code)}): ${complaint.trim()}`));
    });
  });
}
