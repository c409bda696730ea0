import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import type { Platform, VaultKeys } from "../../config/schema.ts";
import type { VaultSetupSettings } from "../../config/vault-setup-schema.ts";
import { type AskVault, auditWarning } from "./audit.ts";
import { type Certificate, jwtLogin, jwtRoles } from "./jwt-login.ts";
import { argocdPaths, policiesOf } from "./policy-list.ts";
import { providerArgs } from "./provider.ts";
import { readersOf } from "./readers.ts";
import { argocdRole, jobRoles, type KubernetesRole, merged, readerRoles } from "./roles.ts";

/** What a {@link VaultSetup} needs. */
export interface VaultSetupArgs {
  /** Where the platform's keys are in Vault. */
  keys: VaultKeys;
  /** Who reads what follows from it. */
  platform: Pick<Platform, "operator" | "accounts" | "argocd" | "regions" | "secrets">;
  setup: VaultSetupSettings;
  certificate: Certificate;
  /** The token of a cluster's `reviewer`, a secret. */
  token: (name: string) => pulumi.Output<string>;
  /** Signed in to the same Vault. */
  ask: AskVault;
}

/**
 * A platform's mounts, policies and logins in Vault. Whoever runs it needs a token that may make all this, in `VAULT_TOKEN` or
 * `~/.vault-token`; the token is no input, so that no state holds it.
 */
export class VaultSetup extends pulumi.ComponentResource {
  /** Names of what was made. */
  readonly summary: { readonly policies: readonly string[]; readonly roles: readonly string[] };
  readonly #name: string;
  readonly #args: VaultSetupArgs;
  readonly #provider: vault.Provider;
  /** The logins that are made here, by mount. */
  readonly #logins = new Map<string, pulumi.Resource>();

  constructor(name: string, args: VaultSetupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:vault:VaultSetup", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const { keys, platform, setup } = args;
    this.#provider = new vault.Provider(name, providerArgs(keys), { parent: this });

    this.#audit();
    this.#mounts();
    const policies = policiesOf(keys, platform, setup.rotators?.keys ?? []);
    for (const [policy, text] of policies) {
      new vault.Policy(`${name}.policy.${policy}`, { name: policy, policy: text }, this.#child());
    }
    this.#clusters();
    const settingsOf = (region: string) => this.#settingsOf(region);
    const { argocd } = platform;
    const isForArgocd = argocd !== undefined && argocdPaths(platform).length > 0;
    const kubernetes = [
      ...merged([
        ...readerRoles(keys, readersOf(platform), settingsOf),
        ...(isForArgocd ? [argocdRole(keys, argocd)] : []),
      ]),
      ...jobRoles(keys, setup.jobs, settingsOf),
    ].map((role) => this.#kubernetesRole(role));
    this.summary = { policies: [...policies.keys()], roles: [...kubernetes, ...this.#ci()] };
    // Waited for, so that the warning is out before the program ends.
    this.registerOutputs(this.#warnWithoutAudit().then(() => ({})));
  }

  #audit() {
    const { audit } = this.#args.setup;
    if (audit === undefined) return;
    const options = { file_path: audit.file };
    new vault.Audit(`${this.#name}.audit`, { type: "file", path: audit.mount, options }, this.#child());
  }

  async #warnWithoutAudit(): Promise<void> {
    const { ask, keys, setup } = this.#args;
    if (setup.audit !== undefined) return;
    const warning = await auditWarning(keys.address, ask);
    if (warning !== undefined) await pulumi.log.warn(warning, this);
  }

  #mounts() {
    const { keys, setup } = this.#args;
    // A mount that is removed takes every key in it along.
    const mount = (name: string, args: vault.MountArgs) =>
      new vault.Mount(`${this.#name}.${name}`, args, this.#child({ protect: true }));
    const kv = setup.createMount ? mount("kv", { path: keys.mount, type: "kv", options: { version: "2" } }) : undefined;
    if (setup.kv !== undefined) {
      new vault.kv.SecretBackendV2(
        `${this.#name}.kv-config`,
        { mount: keys.mount, ...setup.kv, deleteVersionAfter: 0 },
        this.#child(kv === undefined ? {} : { dependsOn: kv }),
      );
    }
    if (keys.transit !== undefined) mount("transit", { path: keys.transit.mount, type: "transit" });
  }

  #clusters() {
    const { certificate, setup, token } = this.#args;
    for (const [region, { host, caFile, create, holdsVault, reviewer }] of Object.entries(setup.clusters)) {
      const mount = this.#settingsOf(region).authMount;
      if (create) {
        const args = { type: "kubernetes", path: mount };
        this.#logins.set(mount, new vault.AuthBackend(`${this.#name}.login.${mount}`, args, this.#child()));
      }
      new vault.kubernetes.AuthBackendConfig(
        `${this.#name}.cluster.${region}`,
        {
          backend: mount,
          kubernetesHost: host,
          ...(caFile === undefined ? {} : { kubernetesCaCert: certificate(caFile) }),
          // Without one, Vault 1.21 asks as whoever signs in, which a token for Vault alone is not allowed to.
          ...(reviewer === undefined ? {} : { tokenReviewerJwt: token(reviewer) }),
          // A Vault elsewhere must not show its own service account's token to this cluster.
          disableLocalCaJwt: !holdsVault,
        },
        this.#inLogin(mount),
      );
    }
  }

  #kubernetesRole({ mount, name, serviceAccount, namespace, audience, policies, ttl }: KubernetesRole): string {
    new vault.kubernetes.AuthBackendRole(
      `${this.#name}.role.${mount}.${name}`,
      {
        backend: mount,
        roleName: name,
        boundServiceAccountNames: [serviceAccount],
        boundServiceAccountNamespaces: [namespace],
        audience,
        tokenPolicies: [...policies],
        tokenTtl: ttl,
        tokenMaxTtl: ttl,
      },
      this.#inLogin(mount),
    );
    return `${mount}/${name}`;
  }

  #ci(): string[] {
    const { certificate, keys, setup } = this.#args;
    const { ci, rotators } = setup;
    if (ci === undefined) return [];
    const { mount } = ci;
    if (ci.create) {
      const args = jwtLogin(ci, certificate);
      this.#logins.set(mount, new vault.jwt.AuthBackend(`${this.#name}.login.${mount}`, args, this.#child()));
    }
    return jwtRoles(ci, rotators, keys.prefix).map((role) => {
      new vault.jwt.AuthBackendRole(`${this.#name}.role.${mount}.${role.roleName}`, role, this.#inLogin(mount));
      return `${mount}/${role.roleName}`;
    });
  }

  #settingsOf(region: string) {
    const found = this.#args.platform.regions[region];
    if (found === undefined) throw new Error(`there is no region ${region}`);
    return found.externalSecrets;
  }

  #inLogin(mount: string): pulumi.CustomResourceOptions {
    const login = this.#logins.get(mount);
    return this.#child(login === undefined ? {} : { dependsOn: login });
  }

  #child(more: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { parent: this, provider: this.#provider, ...more };
  }
}
