import { join } from "node:path";
import type { Box } from "./box.ts";
import { writeKubeconfig, type Authority } from "./certificates.ts";

/** The API server's port. */
export const API_PORT = 6443;

/** What the parts of a cluster need to know of each other. */
export interface Plan {
  readonly box: Box;
  /** Folder for the files of every part. */
  readonly folder: string;
  /** Folder with the Kubernetes programs, etcd and coredns. */
  readonly programs: (name: string) => string;
  readonly authority: Authority;
  /** Name of the kubeconfig context. */
  readonly context: string;
}

/** Starts etcd and the API server; returns an administrator's kubeconfig. */
export async function startApi(plan: Plan): Promise<string> {
  const { box, folder, programs } = plan;
  box.start("etcd", programs("etcd"), [
    ...flags({ "data-dir": join(folder, "etcd"), "log-level": "warn" }),
    // What it stores is for one test run.
    "--unsafe-no-fsync",
  ]);
  return startApiServer(plan);
}

/** Starts the API server over an etcd that runs, again where it has ended; returns an administrator's kubeconfig. */
export async function startApiServer(plan: Plan): Promise<string> {
  const { box, authority, programs } = plan;
  const { node, services } = box.addresses;
  const serving = await authority.issue("apiserver", "apiserver", "cluster", [
    node,
    "127.0.0.1",
    // As pods know it: by the first address for Services.
    services.replace(/\.0\/\d+$/, ".1"),
    "kubernetes.default.svc",
  ]);
  const admin = await authority.issue("admin", "admin", "system:masters");
  box.start(
    "kube-apiserver",
    programs("kube-apiserver"),
    flags({
      "etcd-servers": "http://127.0.0.1:2379",
      "bind-address": node,
      "advertise-address": node,
      "secure-port": String(API_PORT),
      "client-ca-file": authority.certificate,
      "tls-cert-file": serving.certificate,
      "tls-private-key-file": serving.key,
      "kubelet-client-certificate": admin.certificate,
      "kubelet-client-key": admin.key,
      "kubelet-preferred-address-types": "InternalIP",
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": authority.tokenPublicKey,
      "service-account-signing-key-file": authority.tokenKey,
      "service-cluster-ip-range": services,
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "allow-privileged": "true",
    }),
  );

  return writeAs(plan, "admin", admin);
}

/** Starts the controller manager and the scheduler; they wait for an API server for ten seconds only, so it must be ready. */
export async function startControllers(plan: Plan): Promise<void> {
  const { box, authority, programs } = plan;
  const controller = await kubeconfig(
    plan,
    "controller-manager",
    "system:kube-controller-manager",
    "system:kube-controller-manager",
  );
  box.start(
    "kube-controller-manager",
    programs("kube-controller-manager"),
    flags({
      kubeconfig: controller,
      "root-ca-file": authority.certificate,
      "service-account-private-key-file": authority.tokenKey,
      "use-service-account-credentials": "true",
      "leader-elect": "false",
    }),
  );
  const scheduler = await kubeconfig(plan, "scheduler", "system:kube-scheduler", "system:kube-scheduler");
  box.start("kube-scheduler", programs("kube-scheduler"), flags({ kubeconfig: scheduler, "leader-elect": "false" }));
}

/** A kubeconfig of a user of this name. */
export async function kubeconfig(plan: Plan, file: string, user: string, group: string): Promise<string> {
  return writeAs(plan, file, await plan.authority.issue(file, user, group));
}

function writeAs(
  { folder, authority, box, context }: Plan,
  file: string,
  client: { certificate: string; key: string },
): string {
  const server = `https://${box.addresses.node}:${String(API_PORT)}`;
  return writeKubeconfig(join(folder, `${file}.kubeconfig`), { context, server, ca: authority.certificate, client });
}

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
