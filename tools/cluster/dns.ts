import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubeconfig, type Plan } from "./control-plane.ts";

/** Starts the cluster's name server. */
export async function startDns(plan: Plan): Promise<void> {
  const { box, folder, programs } = plan;
  const client = await kubeconfig(plan, "dns", "dns", "system:masters");
  const file = join(folder, "Corefile");
  writeFileSync(
    file,
    `cluster.local:53 {
  bind ${box.addresses.dns}
  errors
  kubernetes cluster.local {
    kubeconfig ${client}
    ttl 2
  }
}
`,
  );
  box.start("coredns", programs("coredns"), ["-conf", file]);
}
