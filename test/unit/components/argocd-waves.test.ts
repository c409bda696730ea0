import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { syncedManifest } from "../../../components/argocd/synced-manifest.ts";
import { syncAnnotations } from "../../../components/argocd/waves.ts";
import type { Kind } from "../../../components/target/kinds.ts";
import { renderTarget } from "../../../components/target/render.ts";
import { isSynced } from "../../../config/argocd/synced.ts";
import type { ManifestInputs } from "../../../providers/manifest.ts";
import { manifestsOf, platformOf, runProgram } from "../../support/program.ts";

const WAVE = "argocd.argoproj.io/sync-wave";
const OPTIONS = "argocd.argoproj.io/sync-options";

interface Annotated {
  readonly kind: Kind;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
}

describe("a region that Argo CD syncs", () => {
  const wave = (kind: Kind) => Number(syncAnnotations(kind)[WAVE]);

  test("each kind comes after what it needs to become healthy", () => {
    const order: Kind[][] = [
      ["Namespace"],
      ["ServiceAccount", "Role", "RoleBinding", "ConfigMap", "NetworkPolicy", "Service", "SecretStore"],
      ["ExternalSecret"],
      ["StatefulSet", "Deployment", "PodDisruptionBudget"],
      ["PrometheusRule", "PodMonitor", "GrafanaFolder", "GrafanaAlertRuleGroup", "GrafanaDashboard", "PushSecret"],
    ];
    const waves = order.map((kinds) => [...new Set(kinds.map(wave))]);
    assert.deepEqual(
      waves.map(({ length }) => length),
      [1, 1, 1, 1, 1],
    );
    assert.deepEqual(
      waves.flat(),
      waves.flat().toSorted((a, b) => a - b),
    );
    assert.equal(new Set(waves.flat()).size, order.length);
  });

  test("a namespace is neither pruned nor deleted with its Application, and what is not there for monitoring does not keep servers away", () => {
    assert.equal(syncAnnotations("Namespace")[OPTIONS], "Prune=false,Delete=false");
    assert.equal(syncAnnotations("GrafanaDashboard")[OPTIONS], "SkipDryRunOnMissingResource=true");
    assert.equal(syncAnnotations("PodMonitor")[OPTIONS], "SkipDryRunOnMissingResource=true");
    assert.equal(syncAnnotations("StatefulSet")[OPTIONS], undefined);
    // Pruned, it takes its Secret along: a credential that was withdrawn.
    assert.equal(syncAnnotations("ExternalSecret")[OPTIONS], undefined);
    assert.equal(syncAnnotations("SecretStore")[OPTIONS], undefined);
  });

  test("its manifests have annotations of their own, and nothing else is otherwise: no pod restarts", async () => {
    const before = await manifestsOfProd(undefined);
    const after = await manifestsOfProd({ platform: true });
    assert.ok(before.size > 10);
    assert.deepEqual([...after.keys()], [...before.keys()]);
    for (const [path, { manifest }] of after) {
      const { kind, metadata } = manifest as unknown as Annotated;
      const own = before.get(path)?.manifest;
      assert.ok(own);
      const { annotations = {} } = (own as unknown as Annotated).metadata;
      assert.deepEqual(metadata.annotations, { ...annotations, ...syncAnnotations(kind) }, path);
      assert.deepEqual(withoutAnnotations(manifest), withKindsOfClaims(withoutAnnotations(own)), path);
    }
  });

  test("a region that Argo CD no longer syncs keeps what saves its namespace while the Application goes", async () => {
    assert.deepEqual(await manifestsOfProd({ platform: false }), await manifestsOfProd({ platform: true }));
  });

  test("a region is synced only where Argo CD has its manifests", () => {
    const files = { render: "deploy/a", secrets: "deploy/a-secrets" };
    const argocd = { platform: {} } as never;
    assert.equal(isSynced({ argocd }, { target: files }), true);
    assert.equal(isSynced({ argocd }, { target: files, argocd: { platform: false, values: {} } }), false);
    assert.equal(isSynced({ argocd }, { target: { context: "a", clusterIdentifier: "a" } }), false);
    assert.equal(isSynced({ argocd: {} as never }, { target: files }), false);
    assert.equal(isSynced({}, { target: files }), false);
  });
});

test("annotations that are not known yet keep what they will be", async () => {
  const placed: unknown[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => {
        placed.push((inputs as { manifest?: unknown }).manifest);
        return { id: name, state: {} };
      },
      call: ({ inputs }) => inputs as object,
    },
    "nats-platform",
    "test",
    false,
  );
  const target = renderTarget({ render: "deploy/a", secrets: "deploy/a-secrets" }, syncedManifest);
  await pulumi.runtime.runInPulumiStack(() => {
    const parent = new pulumi.ComponentResource("a:b:C", "parent");
    const later = pulumi.output(Promise.resolve({ checksum: "abc" }));
    target.place("ConfigMap", "a", { metadata: { name: "a", namespace: "n", annotations: later } }, { parent });
    target.place("Secret", "b", { metadata: { name: "b", namespace: "n" } }, { parent });
    return Promise.resolve();
  });
  await pulumi.runtime.disconnect();
  const annotations = Object.fromEntries(
    placed
      .filter((manifest) => manifest !== undefined)
      .map((manifest) => (manifest as Annotated).metadata)
      .map((metadata) => [metadata.name, metadata.annotations]),
  );
  // A Secret is in no folder that Argo CD knows.
  assert.deepEqual(annotations, { a: { checksum: "abc", [WAVE]: "10" }, b: undefined });
});

/** What the prod stack renders, by path, with its first region synced by Argo CD as it is said. */
async function manifestsOfProd(argocd: { platform: boolean } | undefined): Promise<Map<string, ManifestInputs>> {
  const platform = platformOf("prod");
  const { "eu-east": first, ...others } = platform.regions as Record<string, object>;
  const of = (region: object | undefined, settings: object | undefined) => ({
    ...region,
    ...(settings && { argocd: { cluster: "in-cluster", ...settings } }),
  });
  const elsewhere = argocd && { platform: false };
  const synced = {
    ...platform,
    regions: {
      "eu-east": { ...of(first, argocd), target: { render: "deploy/first" } },
      ...Object.fromEntries(Object.entries(others).map(([name, region]) => [name, of(region, elsewhere)])),
    },
    ...(argocd && {
      argocd: {
        target: { render: "deploy/argocd" },
        version: "3.2.11",
        repositories: { deploy: { url: "https://git.example/team/deploy.git", existing: true } },
        platform: { repository: "deploy", revision: "main" },
      },
    }),
  };
  const manifests = manifestsOf(await runProgram({ stack: "prod", platform: synced, fixed: true }));
  return new Map(
    manifests
      .filter(({ path }) => path.startsWith("deploy/first/"))
      .map((manifest) => [manifest.path, manifest] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The API server says the same of them: a StatefulSet that runs is not changed by it. */
function withKindsOfClaims(manifest: object): object {
  const { spec } = manifest as { spec?: { volumeClaimTemplates?: object[] } };
  if (spec?.volumeClaimTemplates === undefined) return manifest;
  const claims = spec.volumeClaimTemplates.map((it) => ({ apiVersion: "v1", kind: "PersistentVolumeClaim", ...it }));
  return { ...manifest, spec: { ...spec, volumeClaimTemplates: claims } };
}

function withoutAnnotations(manifest: object): object {
  const { metadata, ...rest } = manifest as unknown as Annotated;
  const { annotations: _, ...others } = metadata;
  return { ...rest, metadata: others };
}
