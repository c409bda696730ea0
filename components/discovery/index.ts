import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { platformSecrets } from "../../config/platform-secrets.ts";
import type { Account, DiscoverySettings } from "../../config/schema.ts";
import type { Delivery } from "../credentials/delivery.ts";
import type { GeneratedSecret } from "../generated/generated-secret.ts";
import type { PushedHere, RegionSecrets } from "../secrets/index.ts";
import type { ClusterTarget, PlaceOptions } from "../target/index.ts";
import type { TrustChain } from "../trust/index.ts";
import { accessOf, roleOf } from "./access.ts";
import { exactNamespaces, handedOut, type HandedOut } from "./accounts.ts";
import { controllerDeployment } from "./deployment.ts";
import { keysText } from "./keys.ts";
import { labels, ledgerNames, names, withdrawnNames } from "./names.ts";
import type { ControllerSettings, IssuingAccount } from "./settings.ts";
import { takenPlaces } from "./taken.ts";

/** What {@link Discovery} needs. */
export interface DiscoveryArgs extends DiscoverySettings {
  target: ClusterTarget;
  secrets: RegionSecrets;
  trust: TrustChain;
  /** Accounts of the stack by name: each one's allow list says who gets it. */
  allAccounts: Readonly<Record<string, Account>>;
  /** The servers' namespace, where the controller runs too. */
  home: string;
  /** Where workloads connect to. */
  url: string;
  deliveries: readonly Delivery[];
  /** Brokers whose Secrets are this program's. */
  bridges: readonly { readonly name: string; readonly namespace: string; readonly secret: string }[];
  pushes: readonly PushedHere[];
  generated: readonly GeneratedSecret[];
  /** The servers' namespace, where this program makes it. */
  after?: pulumi.Resource | undefined;
}

/** The controller that hands out credentials to pods and NACK Accounts which ask for them with labels. */
export class Discovery extends pulumi.ComponentResource {
  constructor(name: string, args: DiscoveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:discovery:Discovery", name, {}, opts);
    const { target, home } = args;
    const inHome: PlaceOptions = { parent: this, dependsOn: args.after === undefined ? [] : [args.after] };
    const accounts = handedOut(name, args, args.allAccounts);

    const account = {
      metadata: { name: names.controller, namespace: home, labels },
      automountServiceAccountToken: false,
    };
    const serviceAccount = target.place("ServiceAccount", `${name}.discovery`, account, inHome);
    const access = placeAccess(name, args, accounts, inHome);
    const records = [...ledgerNames, ...withdrawnNames].map((record) =>
      target.place(
        "ConfigMap",
        `${name}.${record}`,
        // Without content: the controller writes it, and no update of ours takes it away.
        { metadata: { name: record, namespace: home, labels } },
        // Without them the next controller would know neither what it has to take back nor which keys must not come again.
        { ...inHome, retainOnDelete: true },
      ),
    );

    const settings = settingsText(name, args, accounts);
    const settingsMap = target.place(
      "ConfigMap",
      `${name}.${names.settings}`,
      { metadata: { name: names.settings, namespace: home, labels }, data: { "settings.json": settings } },
      inHome,
    );
    const { keys, text } = keysText(accounts.map((it) => [it.name, args.trust.issuerKeys(it.name)]));
    const secret = args.secrets.text(
      `${name}.${names.keys}`,
      { namespace: home, secret: names.keys, labels, keys, field: "keys.json", text: (it) => pulumi.output(text(it)) },
      inHome,
    );
    const checksum = pulumi
      .all([settings, secret.checksum])
      .apply((parts) => createHash("sha256").update(parts.join("\n")).digest("hex"));
    target.place(
      "Deployment",
      `${name}.discovery.controller`,
      controllerDeployment({ namespace: home, image: args.image, checksum }),
      { parent: this, dependsOn: [serviceAccount, ...access, ...records, settingsMap, secret.resource] },
    );
    this.registerOutputs({});
  }
}

function placeAccess(
  region: string,
  { target, home, namespace, takeBackFrom, nack }: DiscoveryArgs,
  accounts: readonly HandedOut[],
  opts: PlaceOptions,
): pulumi.Resource[] {
  const receiving = exactNamespaces(accounts);
  return accessOf({ region, home, namespace, receiving, takeBackFrom, nack }).flatMap((access) => {
    const { kind, role, binding } = roleOf(access, home);
    const name = `${region}.discovery.${access.namespace ?? "everywhere"}.${access.name}`;
    return kind === "ClusterRole"
      ? [
          target.place("ClusterRole", `${name}.role`, role, opts),
          target.place("ClusterRoleBinding", `${name}.binding`, binding, opts),
        ]
      : [
          target.place("Role", `${name}.role`, role, opts),
          target.place("RoleBinding", `${name}.binding`, binding, opts),
        ];
  });
}

function settingsText(region: string, args: DiscoveryArgs, accounts: readonly HandedOut[]): pulumi.Output<string> {
  const { trust, home, url, namespace, labelPrefixes, defaultInstallation, rotation, nack, resync, grace } = args;
  const known = accounts.map((account) => issuingAccount(account, trust));
  return pulumi.all([trust.operator, pulumi.all(known)]).apply(([operator, entries]) => {
    const settings: ControllerSettings = {
      region,
      operator,
      url,
      home,
      ...(namespace === undefined ? {} : { namespace }),
      labelPrefixes,
      defaultInstallation,
      rotation,
      resyncSeconds: resync,
      graceSeconds: grace,
      nack,
      accounts: Object.fromEntries(entries),
      taken: takenPlaces({ ...args, own: platformSecrets }),
    };
    return JSON.stringify(settings, undefined, 2);
  });
}

function issuingAccount({ name, allow, users }: HandedOut, trust: TrustChain) {
  const { identity, signing, root, roles } = trust.issuerKeys(name);
  const roleKeys = Object.entries(roles).map(([role, key]) => key.publicKey.apply((known) => [role, known] as const));
  return pulumi
    .all([identity.publicKey, signing.publicKey, root.mintedAt, pulumi.all(roleKeys)])
    .apply(([publicKey, signingKey, issuedAt, keys]): [string, IssuingAccount] => [
      name,
      { publicKey, issuedAt, signing: signingKey, roles: Object.fromEntries(keys), allow, users },
    ]);
}
