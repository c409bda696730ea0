import * as pulumi from "@pulumi/pulumi";
import type { ServerAddresses } from "../../nats/credential-fields.ts";
import type { DeliveredCredential, PushedHere, RegionSecrets } from "../secrets/index.ts";
import type { Delivery } from "./delivery.ts";

export type { Delivery } from "./delivery.ts";

/** What {@link Credentials} need. */
export interface CredentialsArgs {
  secrets: RegionSecrets;
  deliveries: readonly Delivery[];
  /** Secrets that begin in the region. */
  pushes: readonly PushedHere[];
  /** Where clients connect to. */
  addresses: ServerAddresses;
  /** The servers' namespace, where this program makes it: a delivery into it has to wait for it. */
  after?: pulumi.Resource | undefined;
}

/** The Secrets with which one region's workloads connect, in the workloads' own namespaces, which must exist. */
export class Credentials extends pulumi.ComponentResource {
  /** What each delivered Secret is known by, as `namespace/secret`: for the pod templates of those who mount it. */
  readonly checksums: Readonly<Record<string, pulumi.Output<string>>>;
  /** Whose credentials these are: a user for each delivery. */
  readonly issued: readonly DeliveredCredential["issued"][];

  constructor(name: string, args: CredentialsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:credentials:Credentials", name, {}, opts);
    const after = { parent: this, dependsOn: args.after === undefined ? [] : [args.after] };
    const delivered = args.deliveries.map((delivery) => {
      const place = `${delivery.namespace}.${delivery.secret}`;
      const made = args.secrets.credential(`${name}.credentials.${place}`, delivery, args.addresses, after);
      return { ...made, key: `${delivery.namespace}/${delivery.secret}` };
    });
    this.checksums = Object.fromEntries(delivered.map(({ key, checksum }) => [key, checksum]));
    this.issued = delivered.map(({ issued }) => issued);
    for (const pushed of args.pushes) {
      args.secrets.push(`${name}.pushed.${pushed.namespace}.${pushed.secret}`, pushed, after);
    }
    this.registerOutputs({});
  }
}
