import * as pulumi from "@pulumi/pulumi";
import type { PushedHere, RegionSecrets } from "../secrets/index.ts";
import type { Delivery } from "./delivery.ts";

export type { Delivery } from "./delivery.ts";

/** What {@link Credentials} need. */
export interface CredentialsArgs {
  secrets: RegionSecrets;
  deliveries: readonly Delivery[];
  /** Secrets that begin in the region. */
  pushes: readonly PushedHere[];
  /** Where the users connect to. */
  url: string;
  /** The servers' namespace, where this program makes it: a delivery into it has to wait for it. */
  after?: pulumi.Resource | undefined;
}

/** The Secrets with which one region's workloads connect, in the workloads' own namespaces, which must exist. */
export class Credentials extends pulumi.ComponentResource {
  constructor(name: string, args: CredentialsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:credentials:Credentials", name, {}, opts);
    const after = { parent: this, dependsOn: args.after === undefined ? [] : [args.after] };
    for (const delivery of args.deliveries) {
      const { namespace, secret } = delivery;
      args.secrets.credential(`${name}.credentials.${namespace}.${secret}`, delivery, args.url, after);
    }
    for (const pushed of args.pushes) {
      args.secrets.push(`${name}.pushed.${pushed.namespace}.${pushed.secret}`, pushed, after);
    }
    this.registerOutputs({});
  }
}
