import * as pulumi from "@pulumi/pulumi";
import type { ClusterTarget } from "../target/index.ts";
import { credentialsSecret, type Delivery } from "./secret.ts";

export type { Delivery } from "./secret.ts";

/** What {@link Credentials} need. */
export interface CredentialsArgs {
  target: ClusterTarget;
  deliveries: readonly Delivery[];
  /** The creds file of a user. */
  credsOf: (account: string, user: string) => pulumi.Input<string>;
  /** Where the users connect to. */
  url: string;
  /** The servers' namespace, where this program makes it: a delivery into it has to wait for it. */
  after?: pulumi.Resource | undefined;
}

/** The Secrets with which one region's workloads connect, in the workloads' own namespaces, which must exist. */
export class Credentials extends pulumi.ComponentResource {
  constructor(name: string, args: CredentialsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:credentials:Credentials", name, {}, opts);
    for (const delivery of args.deliveries) {
      const creds = args.credsOf(delivery.account, delivery.user);
      args.target.place(
        "Secret",
        `${name}.credentials.${delivery.namespace}.${delivery.secret}`,
        credentialsSecret(delivery, creds, args.url),
        { parent: this, dependsOn: args.after === undefined ? [] : [args.after] },
      );
    }
    this.registerOutputs({});
  }
}
