import assert from "node:assert/strict";
import { test } from "node:test";
import { CREDENTIAL_FORMATS, type CredentialFormat } from "../../../nats/credential-fields.ts";
import { verifyJwt } from "../../../nats/jwt.ts";
import { publicKeyOf, type Seed } from "../../../nats/nkeys.ts";
import { manifestsOf, platformOf, runProgram, type Registration, type Run } from "../../support/program.ts";

const CHECKSUM = "nats-platform/checksum";

interface Delivered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly immutable?: boolean;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: { readonly target: { readonly immutable?: boolean; readonly template: { metadata: object } } };
}

type Change = (phone: { rotation?: number; deliver: object[] }, region: { nats: object }) => void;

/** The dev stack with a bearer whose credentials are delivered in every form: the Secrets' names say which. */
function withPhone(change: Change = () => undefined, keys: object = { store: "state" }): object {
  const platform = structuredClone(platformOf("dev")) as unknown as {
    keys: object;
    accounts: { IOT: { roles: Record<string, object>; users: Record<string, object> } };
    regions: { local: { nats: object } };
  };
  const phone = {
    role: "mobile",
    deliver: CREDENTIAL_FORMATS.map((format) => ({ region: "local", namespace: "iot", secret: format, format })),
  };
  change(phone, platform.regions.local);
  platform.keys = keys;
  platform.accounts.IOT.roles.mobile = { bearer: true };
  platform.accounts.IOT.users.phone = phone;
  return platform;
}

async function runWith(platform: object, more: Partial<Run> = {}): Promise<Registration[]> {
  return runProgram({ stack: "dev", fixed: true, platform, ...more });
}

function delivered(registrations: readonly Registration[]): Delivered[] {
  const manifests = manifestsOf(registrations).map(({ manifest }) => manifest as unknown as Delivered);
  return manifests.filter(({ metadata: { annotations } }) => annotations !== undefined && CHECKSUM in annotations);
}

function checksumsOf(registrations: readonly Registration[]): Record<string, string> {
  return Object.fromEntries(
    delivered(registrations).map(({ metadata: { name, annotations } }) => [name, annotations?.[CHECKSUM] ?? ""]),
  );
}

const inVault = { store: "vault", address: "https://vault.example:8200", path: "team/nats" };

test("one user is delivered in every form at once, and each form is of the same key", async () => {
  const secrets = new Map(delivered(await runWith(withPhone())).map((it) => [it.metadata.name, it.stringData ?? {}]));
  const fields = (format: CredentialFormat) => secrets.get(format) ?? assert.fail(`no Secret ${format}`);
  const key = publicKeyOf(fields("jwt").seed as Seed);
  const { jwt = "" } = fields("jwt");
  assert.equal(verifyJwt(jwt).claims.sub, key);
  assert.ok(fields("creds")["nats.creds"]?.includes(jwt));
  assert.deepEqual([fields("nkey")["nkey.pub"], publicKeyOf(fields("nkey")["nats.nk"] as Seed)], [key, key]);
  assert.deepEqual([fields("password").username, fields("password").password], ["phone", jwt]);
  assert.equal(new URL(fields("url").url ?? "").password, jwt);
  assert.equal((JSON.parse(fields("context")["context.json"] ?? "") as { user_jwt: string }).user_jwt, jwt);
  const urls = CREDENTIAL_FORMATS.map((format) => [format, fields(format).URLS]);
  const [client, mqtt] = ["nats://nats.nats.svc.cluster.local:4222", "mqtt://nats.nats.svc.cluster.local:1883"];
  assert.deepEqual(Object.fromEntries(urls), {
    ...{ creds: client, jwt: client, nkey: client, context: client },
    ...{ password: mqtt, url: mqtt },
  });
});

test("every delivered Secret has a checksum of its own, the same wherever the keys are", async () => {
  const state = checksumsOf(await runWith(withPhone()));
  assert.equal(Object.keys(state).length, 9 + CREDENTIAL_FORMATS.length);
  assert.equal(new Set(Object.values(state)).size, Object.keys(state).length);
  for (const checksum of Object.values(state)) assert.match(checksum, /^[0-9a-f]{64}$/);
  assert.deepEqual(checksumsOf(await runWith(withPhone(undefined, inVault))), state);
});

test("with keys in Vault, the Secret that External Secrets makes gets the checksum of its external secret", async () => {
  const external = delivered(await runWith(withPhone(undefined, inVault)));
  assert.equal(external.length, 9 + CREDENTIAL_FORMATS.length);
  for (const { kind, metadata, spec } of external) {
    assert.equal(kind, "ExternalSecret");
    const { annotations } = spec?.target.template.metadata as Delivered["metadata"];
    assert.deepEqual(annotations, metadata.annotations);
  }
});

test("a checksum changes with the key, the address and the signer, and with nothing of another user", async () => {
  const before = checksumsOf(await runWith(withPhone()));
  const changed = async (change: Change) => {
    const after = checksumsOf(await runWith(withPhone(change)));
    return Object.keys(before).filter((name) => before[name] !== after[name]);
  };
  const formats = [...CREDENTIAL_FORMATS].sort();
  const rotated = await changed((phone) => {
    phone.rotation = 1;
  });
  assert.deepEqual(rotated.sort(), formats);
  const moved = await changed((_, region) => {
    region.nats = { ...region.nats, clusterDomain: "example.org" };
  });
  assert.deepEqual(moved.sort(), Object.keys(before).sort());
  const reformed = await changed((phone) => {
    phone.deliver = [{ region: "local", namespace: "iot", secret: "creds", format: "jwt" }];
  });
  assert.ok(reformed.includes("creds") && !reformed.includes("orders-nats"));
});

test("the list of issued users is public, though their keys come out of secrets, and has each user once", async () => {
  const issued = (await runWith(withPhone())).find(({ type }) => type === "pulumi-nodejs:dynamic/nats:Withdrawn");
  assert.ok(issued);
  assert.deepEqual(issued.secrets, []);
  const users = (issued.inputs.users as { user: string; publicKey: string }[]).filter(({ user }) => user === "phone");
  assert.equal(users.length, 1);
  assert.match(users[0]?.publicKey ?? "", /^U[A-Z2-7]{55}$/);
});

test("an immutable delivery is so in both stores", async () => {
  const immutable: Change = (phone) => {
    phone.deliver = [{ region: "local", namespace: "iot", secret: "fixed", immutable: true }];
  };
  const find = async (keys?: object) =>
    delivered(await runWith(withPhone(immutable, keys))).find(({ metadata }) => metadata.name === "fixed");
  assert.equal((await find())?.immutable, true);
  assert.equal((await find(inVault))?.spec?.target.immutable, true);
});

test("with keys in Vault, only other forms than creds are named to what writes them", async () => {
  const credentials = (await runWith(withPhone(undefined, inVault))).filter(({ type }) =>
    type.endsWith("vault:Credential"),
  );
  const formats = credentials.map(({ name, inputs }) => [name.slice(name.lastIndexOf(".") + 1), inputs.format]);
  for (const [secret, format] of formats)
    assert.equal(
      format,
      secret === "mosquitto" ? "password" : secret === "creds" || String(secret).includes("-") ? undefined : secret,
    );
  assert.equal(formats.length, 9 + CREDENTIAL_FORMATS.length);
});
