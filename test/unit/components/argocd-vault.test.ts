import assert from "node:assert/strict";
import { test } from "node:test";
import { policiesOf } from "../../../components/vault/policy-list.ts";
import { readersOf } from "../../../components/vault/readers.ts";
import { argocdRole, merged, readerRoles } from "../../../components/vault/roles.ts";
import { parsePlatform } from "../../../config/parse.ts";
import type { Platform, VaultKeys } from "../../../config/schema.ts";

const hub = (field: string) => ({ url: `git@github.com:team/${field}.git`, ssh: { keyFrom: `argo/git#${field}` } });
const clusters = { east: { server: "https://east.example", token: { from: "argo/east#token" } } };

/** A platform with keys in Vault whose Argo CD signs in to these. */
function platformWith(argocd: object, deliver: object[] = []): Platform {
  return parsePlatform({
    operator: { name: "o" },
    keys: { store: "vault", address: "https://vault.example", path: "nats", mount: "kv", prefix: "p" },
    accounts: { A: { users: { u: { deliver } }, allow: [{ region: "*", namespaces: ["*"] }] } },
    regions: { local: { target: { render: "deploy/local" } } },
    argocd: { target: { render: "deploy/argocd" }, version: "3.2.11", ...argocd },
  });
}

const policies = (platform: Platform) => policiesOf(platform.keys as VaultKeys, platform, []);

test("External Secrets in Argo CD's namespace may read what Argo CD signs in with, each path once, and nothing else", () => {
  const found = policies(platformWith({ repositories: { a: hub("a"), b: hub("b") }, clusters })).get("p.argo_cd");
  const why = "# what Argo CD signs in to repositories and clusters with";
  const path = (name: string) => `${why}\npath "kv/data/argo/${name}" {\n  capabilities = ["read"]\n}\n`;
  assert.equal(found, `${path("east")}\n${path("git")}`);
});

test("nobody else may read it, and without such a login there is no policy", () => {
  const others = [...policies(platformWith({ clusters }))].filter(([name]) => name !== "p.argo_cd");
  assert.ok(others.length > 0);
  assert.ok(others.every(([, text]) => !text.includes("argo/east")));
  assert.deepEqual([...policies(platformWith({})).keys()], ["p-minter", "p.local.nats"]);
});

test("Argo CD's role is of its namespace and its login, and in a region's cluster one with what is delivered there", () => {
  const externalSecrets = { authMount: "k8s-tools", serviceAccount: "eso" };
  const { argocd, keys } = platformWith({ clusters, externalSecrets });
  assert.ok(argocd);
  assert.deepEqual(argocdRole(keys as VaultKeys, argocd), {
    ...{
      mount: "k8s-tools",
      name: "p-argocd",
      serviceAccount: "eso",
      namespace: "argocd",
      audience: "vault",
      ttl: 900,
    },
    policies: ["p.argo_cd"],
  });
  const there = platformWith({ clusters }, [{ region: "local", namespace: "argocd", secret: "nats" }]);
  assert.ok(there.argocd);
  const vault = there.keys as VaultKeys;
  const settingsOf = () => there.regions.local?.externalSecrets ?? assert.fail("no region");
  const roles = merged([...readerRoles(vault, readersOf(there), settingsOf), argocdRole(vault, there.argocd)]);
  assert.deepEqual(
    roles.map(({ name, policies: its }) => [name, ...its]),
    [
      ["p-nats", "p.local.nats"],
      ["p-argocd", "p.local.argocd", "p.argo_cd"],
    ],
  );
});
