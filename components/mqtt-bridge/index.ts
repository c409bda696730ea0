import * as pulumi from "@pulumi/pulumi";
import type { NamedBridge } from "../../config/mqtt-bridges.ts";
import type { Account } from "../../config/schema.ts";
import { restrictedNamespace } from "../cluster/namespace.ts";
import type { NatsSettings } from "../cluster/settings.ts";
import type { DeliveredCredential, RegionSecrets } from "../secrets/index.ts";
import type { ClusterTarget } from "../target/index.ts";
import { endpointOf } from "./endpoint.ts";
import { largestMessage } from "./largest-message.ts";
import { besideName, checksumField, labelsOf } from "./names.ts";
import { namespacesToMake } from "./namespaces.ts";
import { brokerDisruptionBudget, brokerNetworkPolicy, brokerService } from "./network.ts";
import { bridgeTexts } from "./texts.ts";
import { brokerDeployment, brokerStatefulSet } from "./workload.ts";

/** What {@link MqttBridges} need. */
export interface MqttBridgesArgs {
  bridges: readonly NamedBridge[];
  /** All of the stack, by name: their limits hold for bridges as well. */
  accounts: Readonly<Record<string, Account>>;
  target: ClusterTarget;
  secrets: RegionSecrets;
  /** The servers that bridges without an address connect to. */
  nats: NatsSettings;
  /** The servers' namespace, where this program makes it. */
  after?: pulumi.Resource | undefined;
}

/** The Mosquitto brokers of a region that are bridged to NATS, and the configuration of those that exist elsewhere. */
export class MqttBridges extends pulumi.ComponentResource {
  /** Whom the bridges sign in as. */
  readonly issued: readonly DeliveredCredential["issued"][];

  constructor(name: string, args: MqttBridgesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:mqtt-bridge:MqttBridges", name, {}, opts);
    const { bridges, target, nats } = args;
    const namespaces = new Map(
      namespacesToMake(bridges, nats.namespace).map((namespace) => [
        namespace,
        target.place("Namespace", `${name}.mqtt.${namespace}`, restrictedNamespace(namespace), { parent: this }),
      ]),
    );
    this.issued = bridges.map((bridge) => {
      const namespace = bridge.namespace === nats.namespace ? args.after : namespaces.get(bridge.namespace);
      const prefix = `${name}.mqtt.${bridge.namespace}.${bridge.name}`;
      return this.#place(prefix, bridge, args, namespace === undefined ? [] : [namespace]);
    });
    this.registerOutputs({});
  }

  #place(prefix: string, bridge: NamedBridge, args: MqttBridgesArgs, dependsOn: pulumi.Resource[]) {
    const { target, nats } = args;
    const { account, user, namespace, secret, broker } = bridge;
    const inNamespace = { parent: this, dependsOn };
    const endpoint = endpointOf(bridge, nats);
    const largest = largestMessage(bridge, args.accounts);
    const texts = (password: string) => bridgeTexts(bridge, endpoint, largest, password);
    const login = { account, user, namespace, secret, url: endpoint.url, texts, mark: broker && checksumField };
    const config = args.secrets.login(prefix, login, inNamespace);
    if (broker === undefined) return config.issued;

    const metadata = { name: besideName(bridge.name), namespace, labels: labelsOf(bridge.name) };
    const withoutToken = { metadata, automountServiceAccountToken: false };
    const serviceAccount = target.place("ServiceAccount", `${prefix}.service-account`, withoutToken, inNamespace);
    target.place("Service", `${prefix}.service`, brokerService(bridge, broker), inNamespace);
    target.place("PodDisruptionBudget", `${prefix}.disruption-budget`, brokerDisruptionBudget(bridge), inNamespace);
    const policy = brokerNetworkPolicy(bridge, broker, endpoint, nats.namespace);
    const network = target.place("NetworkPolicy", `${prefix}.network-policy`, policy, inNamespace);
    const workload = { bridge, broker, endpoint, configChecksum: config.checksum };
    const after = { parent: this, dependsOn: [...dependsOn, config.resource, serviceAccount, network] };
    if (broker.persistence === undefined) {
      target.place("Deployment", `${prefix}.broker`, brokerDeployment(workload), after);
    } else {
      target.place("StatefulSet", `${prefix}.broker`, brokerStatefulSet(workload, broker.persistence), after);
    }
    return config.issued;
  }
}
