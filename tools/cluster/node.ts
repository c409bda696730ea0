import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubeconfig, type Plan } from "./control-plane.ts";
import { CNI_PLUGINS } from "./debian.ts";
import { PAUSE_IMAGE } from "./images.ts";

/** The one node's name. */
export const NODE = "node1";

/** Where containerd listens inside the box. */
const SOCKET = "/run/containerd/containerd.sock";

/** Writes containerd's configuration and starts it. */
export function startContainerd({ box, folder }: Plan): void {
  const network = join(folder, "cni");
  mkdirSync(network);
  const config = join(folder, "containerd.toml");
  writeFileSync(config, containerdConfig(network));
  writeFileSync(join(network, "10-pods.conflist"), JSON.stringify(podNetwork(box.addresses.pods)));
  box.start("containerd", "containerd", ["--config", config]);
}

/** Starts the kubelet, whose pods are in control groups of their own below `controlGroup`, and kube-proxy. */
export async function startKubelet(plan: Plan, controlGroup: string): Promise<void> {
  const { box, folder, programs, authority } = plan;
  const { node, dns } = box.addresses;
  const config = join(folder, "kubelet.json");
  writeFileSync(config, JSON.stringify(kubeletConfig({ dns, controlGroup, ca: authority.certificate })));
  const client = await kubeconfig(plan, "kubelet", `system:node:${NODE}`, "system:nodes");
  box.start("kubelet", programs("kubelet"), [
    `--config=${config}`,
    `--kubeconfig=${client}`,
    `--hostname-override=${NODE}`,
    `--node-ip=${node}`,
  ]);
  const proxy = await kubeconfig(plan, "kube-proxy", "system:kube-proxy", "system:node-proxier");
  const proxyConfig = join(folder, "kube-proxy.json");
  writeFileSync(proxyConfig, JSON.stringify(kubeProxyConfig(proxy)));
  box.start("kube-proxy", programs("kube-proxy"), [`--config=${proxyConfig}`, `--hostname-override=${NODE}`]);
}

function containerdConfig(network: string): string {
  // native: copies images instead of mounting layers, which works on every file system.
  // restrict_oom_score_adj: without CAP_SYS_RESOURCE no sandbox could start.
  return `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${CNI_PLUGINS}"
  conf_dir = "${network}"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "native"
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
`;
}

function podNetwork(subnet: string) {
  const ipam = { type: "host-local", ranges: [[{ subnet }]], routes: [{ dst: "0.0.0.0/0" }] };
  return { cniVersion: "0.4.0", name: "pods", plugins: [{ type: "ptp", ipMasq: false, ipam }] };
}

function kubeletConfig({ dns, controlGroup, ca }: { dns: string; controlGroup: string; ca: string }) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: { clientCAFile: ca } },
    authorization: { mode: "AlwaysAllow" },
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: controlGroup,
    clusterDNS: [dns],
    clusterDomain: "cluster.local",
    resolvConf: "",
    failSwapOn: false,
    // A full disk or memory of the machine is not what is tested.
    evictionHard: {
      "memory.available": "1Mi",
      "nodefs.available": "0%",
      "imagefs.available": "0%",
      "nodefs.inodesFree": "0%",
    },
    imageGCHighThresholdPercent: 100,
    enforceNodeAllocatable: [],
    // Changed Secrets arrive in pods within seconds instead of a minute, and what is told of volumes is as young.
    syncFrequency: "5s",
    volumeStatsAggPeriod: "5s",
  };
}

function kubeProxyConfig(client: string) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clientConnection: { kubeconfig: client },
    // These are settings of the whole machine: leave them.
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    iptables: { minSyncPeriod: "0s", syncPeriod: "30s" },
  };
}
