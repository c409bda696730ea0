import * as pulumi from "@pulumi/pulumi";
import { keySet } from "../../nats/robot-token.ts";
import { managedBy } from "../external-secrets/labels.ts";
import type { RegionSecrets } from "../secrets/index.ts";
import type { ClusterTarget } from "../target/index.ts";
import type { GeneratedSecret, KeySet } from "./generated-secret.ts";

/** What {@link GeneratedInRegion} needs. */
export interface GeneratedInRegionArgs {
  target: ClusterTarget;
  secrets: RegionSecrets;
  generated: { readonly secrets: readonly GeneratedSecret[]; readonly keySets: readonly KeySet[] };
  /** The servers' namespace, where this program makes it: a Secret in it has to wait for it. */
  after?: pulumi.Resource | undefined;
}

/** The generated Secrets of one region, in the workloads' own namespaces, which must exist, and key sets beside them. */
export class GeneratedInRegion extends pulumi.ComponentResource {
  constructor(name: string, args: GeneratedInRegionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:generated:GeneratedInRegion", name, {}, opts);
    const after = { parent: this, dependsOn: args.after === undefined ? [] : [args.after] };
    for (const secret of args.generated.secrets) {
      args.secrets.generated(`${name}.generated.${secret.namespace}.${secret.secretName}`, secret, after);
    }
    for (const { namespace, configMap, keys } of args.generated.keySets) {
      const content = pulumi.all(keys.map(({ publicKey }) => publicKey)).apply(keySet);
      const metadata = { name: configMap, namespace, labels: managedBy };
      args.target.place(
        "ConfigMap",
        `${name}.key-set.${namespace}.${configMap}`,
        { metadata, data: { "jwks.json": content } },
        after,
      );
    }
    this.registerOutputs({});
  }
}
