import assert from "node:assert/strict";
import { test } from "node:test";
import type { PublicNkey } from "../../../nats/nkeys.ts";
import { credentialProvider, type CredentialInputs } from "../../../providers/credential.ts";

const place = { vault: { address: "https://vault.example:8200" }, mount: "secret", path: "t/creds/r/n/s" };
const inputs: CredentialInputs = {
  place,
  user: { name: "orders", rotation: 0, role: "worker" },
  account: "ABB2PX5G3OB2AGNHIJ5QR3S7R5H44ATDFMX4UWWYYXQYWQDBKDQ5XBRB" as PublicNkey,
  issuedAt: 1_700_000_000,
  root: { publicId: "root fingerprint", location: { store: "state", material: "x" } },
  signer: { publicId: "signer key", location: { store: "state", material: "y" } },
  beside: { URLS: "nats://nats.nats.svc.cluster.local:4222", ACCOUNT_NAME: "SERVICES" },
};
/** As a program wrote it that knew creds files only. */
const olds = {
  place,
  contentHash: "something",
  version: 1,
  requestHash: "eb8c6c5acdb2e8b79d160c373ae3883d00d4276075d8fb56014fab2a21a3f7b1",
  publicKey: "U" as PublicNkey,
};

test("a state from before there were formats has no change, and every other format is one", async () => {
  const changes = async (news: CredentialInputs) => (await credentialProvider.diff("id", olds, news)).changes;
  assert.equal(await changes(inputs), false);
  assert.equal(await changes({ ...inputs, format: "creds" }), false);
  for (const format of ["jwt", "nkey", "password", "url", "context"] as const) {
    assert.equal(await changes({ ...inputs, format }), true, format);
  }
});
