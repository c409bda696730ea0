import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { policiesOf } from "../../components/vault/policy-list.ts";
import { argocdRole } from "../../components/vault/roles.ts";
import { parsePlatform } from "../../config/parse.ts";
import { kubernetesFailure } from "../../providers/kubernetes/failure.ts";
import type { Manifest } from "../../providers/manifest/yaml.ts";
import { until } from "../../tools/cluster/wait.ts";
import { startVault, type TestVault } from "../support/vault.ts";
import { everyObject, type EveryObject } from "./support/argocd/every-object.ts";
import { argocdObjects } from "./support/argocd/from-configuration.ts";
import { ARGOCD, installArgocd } from "./support/argocd/installation.ts";
import { liveObjects, type LiveObject } from "./support/argocd/live-objects.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import { startController, type Controller } from "./support/external-secrets.ts";
import { mountLogin } from "./support/vault-login.ts";

/** Where the Secrets of a second Argo CD come from Vault. */
const VAULTED = "argocd-vaulted";

type Spec = Record<string, unknown> & { source: Record<string, unknown> };

type Spoil = (spec: Spec) => unknown;

const refused: readonly (readonly [title: string, kind: string, spoil: Spoil, complaint: RegExp])[] = [
  [
    "a field that there is not",
    "Application",
    (spec) => (spec.source.helm = { valueObject: {} }),
    /unknown field "spec\.source\.helm\.valueObject"/,
  ],
  [
    "a number where a text is needed",
    "Application",
    (spec) => (spec.source.targetRevision = 1.2),
    /spec\.source\.targetRevision: Invalid value: "number"/,
  ],
  ["an Application without a project", "Application", (spec) => delete spec.project, /spec\.project: Required value/],
  [
    "an Application that says nothing of its cluster",
    "Application",
    (spec) => delete spec.destination,
    /spec\.destination: Required value/,
  ],
  [
    "a source without an address",
    "Application",
    (spec) => delete spec.source.repoURL,
    /spec\.source\.repoURL: Required value/,
  ],
  [
    "a kind without its group",
    "AppProject",
    (spec) => (spec.clusterResourceWhitelist = [{ kind: "Namespace" }]),
    /spec\.clusterResourceWhitelist\[0\]\.group: Required value/,
  ],
  [
    "an ApplicationSet that is to do what there is not",
    "ApplicationSet",
    (spec) => (spec.syncPolicy = { applicationsSync: "delete" }),
    /spec\.syncPolicy\.applicationsSync: Unsupported value: "delete"/,
  ],
];

/** What Argo CD refuses, in what nobody would look at again once it is applied. */
const taken: readonly (readonly [kind: string, spoil: Spoil])[] = [
  ["Application", (spec) => (spec.destination = { name: "a", server: "https://b.example", namespace: "c" })],
  ["AppProject", (spec) => (spec.syncWindows = [{ kind: "perhaps", schedule: "soon" }])],
  ["ApplicationSet", (spec) => (spec.templatePatch = "{{ nonsense")],
];

// Every test goes on where the one before it ended.
describe("what the program makes for Argo CD, by a real API server", () => {
  const undo: (() => Promise<void>)[] = [];
  let plane: ControlPlane;
  let vault: TestVault;
  let controller: Controller;
  let certificate: string;
  let applied: readonly Manifest[];
  before(async () => {
    plane = await startControlPlane();
    undo.push(() => plane.stop());
    certificate = readFileSync(plane.authority.certificate, "utf8");
    await installArgocd(plane, {});
    await plane.kubectl("create", "namespace", VAULTED);
    vault = await startVault();
    undo.push(() => vault.stop());
    controller = await startController(plane);
    undo.push(() => controller.stop());
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  test("each kind with each setting is taken without a warning, and kept to the last field as it was written", async () => {
    const { platform, secrets } = everyObject({ namespace: ARGOCD, certificate, isInsecure: true });
    applied = await argocdObjects(platform, secrets);
    await keptAsWritten(applied);
  });

  test("so is what brings the logins from Vault", async () => {
    const objects = await argocdObjects(everyObject(inVault()).platform);
    assert.equal(objects.filter(({ kind }) => kind === "ExternalSecret").length, 9);
    await keptAsWritten(objects);
  });

  test("of what is in Vault, External Secrets makes the very Secrets that the program makes of configuration values", async () => {
    await fillVault();
    const { platform, secrets } = everyObject({ namespace: VAULTED, certificate });
    const wanted: LiveObject[] = (await argocdObjects(platform, secrets)).filter(({ kind }) => kind === "Secret");
    assert.equal(wanted.length, 12);
    for (const { metadata, stringData } of wanted) {
      const ours = async () =>
        (await liveObjects(plane, VAULTED, "secrets")).find((it) => it.metadata.name === metadata.name);
      const made = await until(`${metadata.name} is made`, ours, { seconds: 120, explain: () => controller.logs() });
      assert.deepEqual(made.stringData, stringData, metadata.name);
      for (const [label, value] of Object.entries(metadata.labels ?? {}))
        assert.equal(made.metadata.labels?.[label], value, `${metadata.name}: ${label}`);
    }
  });

  for (const [title, kind, spoil, complaint] of refused) {
    test(`it refuses ${title}`, () => assert.rejects(create(spoiled(kind, spoil)), complaint));
  }

  test("it takes what Argo CD refuses, which is why the program itself looks for that", async () => {
    for (const [kind, spoil] of taken) await create(spoiled(kind, spoil));
  });

  const inVault = (): EveryObject => ({ namespace: VAULTED, certificate, vault: vault.address });

  async function keptAsWritten(objects: readonly Manifest[]): Promise<void> {
    await plane.apply(...objects);
    const kinds = [...new Set(objects.map(({ kind }) => kind))];
    const live = await liveObjects(plane, objects[0]?.metadata.namespace ?? "", kinds.join(","));
    for (const object of objects) {
      const { name } = object.metadata;
      const found = live.find((it) => it.kind === object.kind && it.metadata.name === name);
      assert.deepEqual(found, object, `${object.kind} ${name}`);
    }
  }

  /** Asks the API server itself whether it would make an object: kubectl looks for mistakes of its own accord, too. */
  async function create(object: Manifest): Promise<void> {
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    const [group = "", version = ""] = object.apiVersion.split("/");
    const where = { group, version, namespace: ARGOCD, plural: `${object.kind.toLowerCase()}s` };
    const body = { ...object, metadata: { name: "created" } };
    const strictly = { dryRun: "All", fieldValidation: "Strict" };
    const api = config.makeApiClient(CustomObjectsApi);
    try {
      await api.createNamespacedCustomObject({ ...where, body, ...strictly });
    } catch (error) {
      throw kubernetesFailure(error, `create ${where.plural}`, object.kind);
    }
  }

  /** The first object of a kind that was applied, otherwise than the program makes it. */
  function spoiled(kind: string, spoil: Spoil): Manifest {
    const copy = structuredClone(applied.find((object) => object.kind === kind)) as
      (Manifest & { spec: Spec }) | undefined;
    assert.ok(copy);
    spoil(copy.spec);
    return copy;
  }

  /** What people do who set Vault up for this stack, and put its secrets there. */
  async function fillVault(): Promise<void> {
    const { platform, secrets } = everyObject(inVault());
    const parsed = parsePlatform(platform);
    const { argocd, keys } = parsed;
    assert.ok(argocd !== undefined && keys.store === "vault");
    const { storeNamespace, authMount } = argocd.externalSecrets;
    await plane.kubectl("create", "namespace", storeNamespace);
    await mountLogin(vault, plane, authMount, storeNamespace);
    for (const [name, policy] of policiesOf(keys, parsed, []))
      await vault.must("PUT", `sys/policies/acl/${name}`, { policy });
    const { mount, name, serviceAccount, namespace, audience, policies } = argocdRole(keys, argocd);
    await vault.must("POST", `auth/${mount}/role/${name}`, {
      bound_service_account_names: [serviceAccount],
      bound_service_account_namespaces: [namespace],
      ...{ audience, token_policies: policies },
    });
    for (const [place, value] of Object.entries(secrets)) {
      const [path = "", field = ""] = place.split("#");
      await vault.must("POST", `${keys.mount}/data/${path}`, { data: { [field]: value } });
    }
  }
});
