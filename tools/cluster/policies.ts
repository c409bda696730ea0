import type { Cluster } from "./cluster.ts";
import { kubeconfig, type Plan } from "./control-plane.ts";
import { NODE } from "./node.ts";

/** Starts what enforces NetworkPolicies, on a node that is ready: by packet filters between the pods' interfaces, which are routed. */
export async function startPolicies(plan: Plan, { kubectl }: Pick<Cluster, "kubectl">): Promise<void> {
  const { box, programs } = plan;
  const { pods, services } = box.addresses;
  // kube-router 2.1 refuses a node that does not say which addresses its pods have.
  await kubectl(["patch", "node", NODE, "--patch", JSON.stringify({ spec: { podCIDR: pods, podCIDRs: [pods] } })]);
  const client = await kubeconfig(plan, "kube-router", "kube-router", "system:masters");
  box.start("kube-router", programs("kube-router"), [
    `--kubeconfig=${client}`,
    `--hostname-override=${NODE}`,
    "--run-firewall=true",
    "--run-router=false",
    "--run-service-proxy=false",
    "--run-loadbalancer=false",
    `--service-cluster-ip-range=${services}`,
    "--metrics-port=0",
    "--health-port=0",
  ]);
}
