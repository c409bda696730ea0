import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { AuthorizationError } from "@nats-io/transport-node";
import { credentialsIn } from "../../cli/local/credentials.ts";
import { readRendered } from "../../cli/local/manifests.ts";
import { scopedUserClaims, userClaims } from "../../nats/claims/user.ts";
import { formatCreds, parseCreds } from "../../nats/creds.ts";
import { signJwt, type Claims } from "../../nats/jwt.ts";
import { encodeSeed, publicKeyOf, signerOf, type Seed } from "../../nats/nkeys.ts";
import { platformOf } from "../support/program.ts";
import { connectWith } from "./support/clients.ts";
import { renderDev, startDev, type TestRegion } from "./support/region.ts";

const identity = newSeed("account");
const worker = newSeed("account");
const account = publicKeyOf(identity);
const now = Math.floor(Date.now() / 1000);

let region: TestRegion;

before(async () => {
  // Keys that this test knows, adopted in the stack's own way.
  const platform = structuredClone(platformOf("dev")) as {
    accounts: { SERVICES: { seedFrom?: string; roles: { worker: { seedFrom?: string } } } };
  };
  platform.accounts.SERVICES.seedFrom = "servicesSeed";
  platform.accounts.SERVICES.roles.worker.seedFrom = "workerSeed";
  region = await startDev({ platform, secretConfig: { servicesSeed: identity, workerSeed: worker } });
});
after(() => region.end());

test("a delivered user is let in: the others here are refused for what is wrong with them", async () => {
  await letIn(region.credential("SERVICES", "orders").creds);
});

test("a user of another operator is refused, whatever its account's and its own name", async (t) => {
  const other = await renderDev();
  t.after(() => {
    rmSync(other.folder, { recursive: true });
  });
  const credentials = credentialsIn(readRendered(other.rendered));
  assert.equal(credentials.length, region.credentials.length);
  for (const { creds } of credentials) await refused(creds);
});

test("a user that its account's identity signed is refused, because signing keys are strict", async () => {
  const seed = newSeed("user");
  const claims = { sub: publicKeyOf(seed), name: "orders" };
  await letIn(signed(scopedUserClaims({ ...claims, nats: { issuer_account: account } }), worker, seed));
  await refused(signed(userClaims(claims), identity, seed));
});

test("a user whose JWT was changed after signing is refused", async () => {
  const { jwt, seed } = parseCreds(region.credential("SERVICES", "audit").creds);
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  const changed = (change: Record<string, unknown>) =>
    Buffer.from(JSON.stringify({ ...claims, ...change })).toString("base64url");
  await letIn(formatCreds([header, changed({}), signature].join("."), seed));
  // The role's own key in `iss`: only the signature is not its own.
  for (const change of [{ name: "orders" }, { iss: publicKeyOf(worker) }, { exp: now + 3600 }]) {
    await refused(formatCreds([header, changed(change), signature].join("."), seed));
  }
  const bytes = Buffer.from(signature, "base64url");
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  await refused(formatCreds([header, payload, bytes.toString("base64url")].join("."), seed));
});

test("a user is refused whose seed is not the one of its JWT", async () => {
  const { jwt } = parseCreds(region.credential("SERVICES", "orders").creds);
  await refused(formatCreds(jwt, newSeed("user")));
});

test("an expired user is refused, and one that expires later is let in", async () => {
  const expiring = (seconds: number) => {
    const seed = newSeed("user");
    const claims = { sub: publicKeyOf(seed), name: "orders", exp: now + seconds, nats: { issuer_account: account } };
    return signed(scopedUserClaims(claims), worker, seed);
  };
  await letIn(expiring(3600));
  await refused(expiring(-60));
});

test("whoever has no credentials is refused", async () => {
  const { connect } = await import("@nats-io/transport-node");
  await assert.rejects(connect({ servers: [...region.urls], reconnect: false }), AuthorizationError);
});

function signed(claims: Claims, signer: Seed, seed: Seed): string {
  return formatCreds(signJwt(claims, signerOf(signer), now - 120), seed);
}

function newSeed(kind: "account" | "user"): Seed {
  return encodeSeed(kind, randomBytes(32));
}

async function letIn(creds: string): Promise<void> {
  for (const url of region.urls) {
    const connection = await connectWith(creds, [url]);
    await connection.flush();
    await connection.close();
  }
}

async function refused(creds: string): Promise<void> {
  for (const url of region.urls) await assert.rejects(connectWith(creds, [url]), AuthorizationError);
}
