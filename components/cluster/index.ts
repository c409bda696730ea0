import * as pulumi from "@pulumi/pulumi";
import { accountsConf, serverConf } from "../../nats/conf/server.ts";
import type { ServerAddresses } from "../../nats/credential-fields.ts";
import type { PublicNkey } from "../../nats/nkeys.ts";
import { MintedKey } from "../../providers/resources.ts";
import type { StoreSettings } from "../../providers/stores/store.ts";
import type { RegionSecrets } from "../secrets/index.ts";
import type { ClusterTarget } from "../target/index.ts";
import type { ExporterSettings } from "./exporter.ts";
import { labels, names, selector, serverAddresses, serverHost } from "./names.ts";
import { restrictedNamespace } from "./namespace.ts";
import { preloadedAccounts } from "./preload.ts";
import { clientService, headlessService } from "./services.ts";
import type { NatsSettings } from "./settings.ts";
import { serversStatefulSet } from "./stateful-set.ts";

/** What servers have to know of the trust chain. Nothing in it is a secret. */
export interface ServerTrust {
  operatorJwt: pulumi.Input<string>;
  systemAccount: pulumi.Input<PublicNkey>;
  /** JWTs of all accounts by their public keys, the system account's among them. */
  accountJwts: pulumi.Input<Record<PublicNkey, string>>;
}

/** What a {@link NatsCluster} needs. */
export interface NatsClusterArgs extends NatsSettings {
  target: ClusterTarget;
  secrets: RegionSecrets;
  trust: ServerTrust;
  /** Where the password is kept with which servers join the cluster. */
  keys: StoreSettings;
  /** What tells Prometheus of each server. Absent: nothing does. */
  exporter?: ExporterSettings | undefined;
}

/** The NATS servers of one region, in operator mode, with JetStream, knowing every account from the first start. */
export class NatsCluster extends pulumi.ComponentResource {
  /** Where clients inside the Kubernetes cluster connect to. */
  readonly addresses: ServerAddresses;
  /** The servers' namespace, where this component makes it: whatever is put into it has to wait for it. */
  readonly namespace: pulumi.Resource | undefined;

  constructor(name: string, args: NatsClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:cluster:NatsCluster", name, {}, opts);
    const { target, namespace, replicas } = args;
    this.addresses = serverAddresses(args);
    this.namespace = args.createNamespace
      ? target.place("Namespace", `${name}.namespace`, restrictedNamespace(namespace), { parent: this })
      : undefined;
    const inNamespace = { parent: this, dependsOn: this.namespace === undefined ? [] : [this.namespace] };

    const routes = new MintedKey(`${name}.routes`, { kind: "password", keys: args.keys }, { parent: this });
    const config = args.secrets.text(
      `${name}.${names.configSecret}`,
      {
        namespace,
        secret: names.configSecret,
        labels,
        keys: { routePassword: routes },
        field: "nats.conf",
        text: ({ routePassword }) => serverConfOf(name, args, routePassword),
      },
      inNamespace,
    );
    args.secrets.forServers(`${name}.nats-credentials`, namespace, inNamespace);
    const accounts = pulumi
      .all([args.trust.accountJwts, args.trust.systemAccount])
      .apply(([jwts, systemAccount]) => accountsConf(preloadedAccounts(jwts, systemAccount)));
    const preload = target.place(
      "ConfigMap",
      `${name}.${names.accounts}`,
      { metadata: { name: names.accounts, namespace, labels }, data: { "accounts.conf": accounts } },
      inNamespace,
    );

    const account = { metadata: { name: names.servers, namespace, labels }, automountServiceAccountToken: false };
    const serviceAccount = target.place("ServiceAccount", `${name}.service-account`, account, inNamespace);
    const headless = target.place("Service", `${name}.headless`, headlessService(args), inNamespace);
    target.place("Service", `${name}.client`, clientService(args), inNamespace);
    if (replicas > 1) {
      const budget = {
        metadata: { name: names.servers, namespace, labels },
        spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
      };
      target.place("PodDisruptionBudget", `${name}.disruption-budget`, budget, inNamespace);
    }
    target.place("StatefulSet", `${name}.servers`, serversStatefulSet({ ...args, configChecksum: config.checksum }), {
      parent: this,
      dependsOn: [...inNamespace.dependsOn, config.resource, preload, serviceAccount, headless],
    });
    this.registerOutputs({ clientUrl: this.addresses.nats });
  }
}

function serverConfOf(name: string, args: NatsClusterArgs, routePassword: string): pulumi.Output<string> {
  const { jetstream, lameDuck, mqtt, tls, trust } = args;
  return pulumi.all([trust.operatorJwt, trust.systemAccount]).apply(([operatorJwt, systemAccount]) =>
    serverConf({
      cluster: name,
      routes: routeUrls(args, routePassword),
      routeLogin: { user: routeUser, password: routePassword },
      hasTls: tls !== undefined,
      mqtt: mqtt && {
        port: mqtt.port,
        hasTls: mqtt.tls !== undefined,
        ackWaitSeconds: mqtt.ackWait,
        maxAckPending: mqtt.maxAckPending,
        streamReplicas: mqtt.replicas,
      },
      jetstream: {
        domain: jetstream.domain,
        maxFileBytes: fileStoreLimit(jetstream.fileStore.size),
        maxMemoryBytes: jetstream.memoryStore.size,
      },
      operatorJwt,
      systemAccount,
      lameDuck,
    }),
  );
}

const routeUser = "route";

/** A route to every server of the region; servers leave out themselves. The password is base64url and needs no escapes. */
function routeUrls({ replicas, namespace, clusterDomain }: NatsSettings, password: string): string[] {
  return Array.from(
    { length: replicas },
    (_, ordinal) => `nats://${routeUser}:${password}@${serverHost(ordinal, namespace, clusterDomain)}:6222`,
  );
}

/** JetStream's limit on a volume: the file system keeps a part for itself, and a full one stops the server. */
export function fileStoreLimit(volumeBytes: number): number {
  return Math.floor(volumeBytes * 0.95);
}
