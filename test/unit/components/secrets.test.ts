import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestsOf, platformOf, runProgram } from "../../support/program.ts";

/** The manifests of the prod stack, whose keys are in Vault, with these settings in all regions. */
async function prodWith(externalSecrets: object): Promise<{ kind: string; path: string; text: string }[]> {
  const platform = platformOf("prod") as { defaults: object };
  const changed = { ...platform, defaults: { ...platform.defaults, externalSecrets } };
  const registrations = await runProgram({ stack: "prod", fixed: true, platform: changed });
  return manifestsOf(registrations).map(({ path, manifest }) => ({
    kind: manifest.kind,
    path,
    text: JSON.stringify(manifest),
  }));
}

const kindsOf = (manifests: readonly { kind: string }[]) => [...new Set(manifests.map(({ kind }) => kind))].sort();

test("a stack with keys in Vault makes no Secret, and nothing of it goes into the folder for Secrets", async () => {
  const manifests = await prodWith({});
  assert.ok(!kindsOf(manifests).includes("Secret"));
  assert.deepEqual(
    manifests.filter(({ path }) => /^deploy\/[^/]+-secrets\//.test(path)),
    [],
  );
  const conf = manifests.find(({ path }) => path === "deploy/eu-east/2-secrets/externalsecret.nats.nats-config.yaml");
  assert.match(conf?.text ?? "", /nats:\/\/route:\{\{ \.routePassword \}\}@nats-0\./);
});

test("each namespace has a store and an account of its own; or the region has one; or they exist already", async () => {
  const count = (manifests: readonly { kind: string }[], kind: string) =>
    manifests.filter((manifest) => manifest.kind === kind).length;
  // eu-east: nats and seven others; us-west: nats and two others. One account more for the servers of each.
  const own = await prodWith({});
  assert.deepEqual([count(own, "SecretStore"), count(own, "ServiceAccount")], [10, 12]);
  const shared = await prodWith({ kind: "ClusterSecretStore" });
  assert.deepEqual([count(shared, "ClusterSecretStore"), count(shared, "SecretStore")], [2, 0]);
  assert.equal(count(shared, "ServiceAccount"), 4);
  const existing = await prodWith({ create: false, name: "theirs" });
  assert.deepEqual([count(existing, "SecretStore"), count(existing, "ServiceAccount")], [0, 2]);
  const external = existing.filter(({ kind }) => kind === "ExternalSecret");
  assert.ok(external.length > 9 && external.every(({ text }) => text.includes('"name":"theirs"')));
});

test("a Secret that begins in a cluster goes to a path of its own in Vault, once", async () => {
  const manifests = await prodWith({ push: [{ namespace: "glass", secret: "glass-root" }] });
  const [east, ...others] = manifests.filter(({ kind }) => kind === "PushSecret");
  assert.equal(others.length, 1, "one for each region");
  assert.equal(east?.path, "deploy/eu-east/2-secrets/pushsecret.glass.glass-root.yaml");
  for (const policy of ['"updatePolicy":"IfNotExists"', '"deletionPolicy":"None"'])
    assert.ok(east.text.includes(policy));
  assert.match(east.text, /"remoteKey":"fzymgc-house\/cluster\/nats\/pushed\/eu-east\/glass\/glass-root"/);
});
