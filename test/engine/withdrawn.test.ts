import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { parseCreds } from "../../nats/creds.ts";
import { publicKeyOf } from "../../nats/nkeys.ts";
import type { WithdrawnCredential } from "../../providers/withdrawn.ts";
import { assertQuiet, previewedChanges } from "./support/changes.ts";
import { configure, unconfigure } from "./support/configuration.ts";
import { finishedCopy, pulumi, up, type ProjectCopy } from "./support/project-copy.ts";
import { filesOf } from "./support/rendered.ts";

const BAROMETER = ["accounts", "IOT", "users", "barometer"] as const;
const barometer = { role: "device", deliver: [{ region: "local", namespace: "iot", secret: "barometer-nats" }] };

describe("withdrawn credentials", { concurrency: 2 }, () => {
  test("are to be revoked, from their withdrawal on, until they are issued again", async () => {
    const copy = await finishedCopy();
    assert.deepEqual(await toRevoke(copy), []);

    // Three updates in which the list of users changes and this resource does not: the engine has to keep its new inputs.
    configure(copy, [...BAROMETER], barometer);
    await changes(copy, ["create local.credentials.iot.barometer-nats"]);
    configure(copy, ["accounts", "IOT", "users", "hygrometer"], { ...barometer, deliver: [deliveryOf("hygrometer")] });
    await changes(copy, ["create local.credentials.iot.hygrometer-nats"]);
    await succeeds(up(copy));
    const key = keyIn(copy, "iot", "barometer-nats");
    await succeeds(pulumi(copy, ["refresh", "--yes", "--expect-no-changes"]));
    assert.deepEqual(await toRevoke(copy), []);

    const before = now();
    unconfigure(copy, [...BAROMETER]);
    await changes(copy, ["delete local.credentials.iot.barometer-nats", "update withdrawn"]);
    const [gone, ...others] = await toRevoke(copy);
    assert.ok(gone);
    assert.deepEqual(others, []);
    assert.equal(gone.publicKey, key);
    assert.deepEqual([gone.account, gone.user], ["IOT", "barometer"]);
    assert.match(gone.accountKey, /^A[A-Z2-7]{55}$/);
    assert.ok(gone.since >= before && gone.since <= now(), `${String(gone.since)} is the time of the update`);

    // Another withdrawal joins it, and what was noted stays as it was, through a refresh, too.
    await succeeds(pulumi(copy, ["refresh", "--yes", "--expect-no-changes"]));
    const orders = keyIn(copy, "orders", "orders-nats");
    configure(copy, ["accounts", "SERVICES", "users", "orders", "rotation"], 1);
    await changes(copy, ["update local.credentials.orders.orders-nats", "update withdrawn"]);
    const both = await toRevoke(copy);
    assert.deepEqual(both[0], gone);
    assert.deepEqual([both[1]?.publicKey, both.length], [orders, 2]);
    assert.notEqual(keyIn(copy, "orders", "orders-nats"), orders);

    // The same key is issued again: nobody must revoke it.
    configure(copy, [...BAROMETER], barometer);
    await changes(copy, ["create local.credentials.iot.barometer-nats", "update withdrawn"]);
    assert.equal(keyIn(copy, "iot", "barometer-nats"), key);
    assert.deepEqual(await toRevoke(copy), both.slice(1));
  });

  test("are listed for a user of which the last delivery goes, not for one that keeps another", async () => {
    const copy = await finishedCopy();
    const orders = ["accounts", "SERVICES", "users", "orders", "deliver"] as const;
    const own = { region: "local", namespace: "orders", secret: "orders-nats" };
    configure(copy, [...orders], [own, { ...own, secret: "orders-jwt", format: "jwt" }]);
    await changes(copy, ["create local.credentials.orders.orders-jwt"]);
    const key = keyIn(copy, "orders", "orders-nats");
    configure(copy, [...orders], [{ ...own, secret: "orders-jwt", format: "jwt" }]);
    await changes(copy, ["delete local.credentials.orders.orders-nats"]);
    assert.deepEqual(await toRevoke(copy), []);
    configure(copy, [...orders], []);
    await changes(copy, ["delete local.credentials.orders.orders-jwt", "update withdrawn"]);
    assert.deepEqual(
      (await toRevoke(copy)).map(({ publicKey }) => publicKey),
      [key],
    );
  });

  test("are listed after an update that was cut short, too: what was issued is forgotten only once it is noted", async () => {
    const copy = await finishedCopy();
    const key = keyIn(copy, "audit", "audit-nats");
    configure(copy, ["accounts", "SERVICES", "users", "audit", "deliver"], []);
    // As if it had ended after the Secret was removed and before anything else.
    const secret = "**local.credentials.audit.audit-nats";
    await succeeds(pulumi(copy, ["up", "--yes", "--skip-preview", "--target", secret]));
    assert.ok(!("deploy/local-secrets/secret.audit.audit-nats.yaml" in filesOf(copy)));
    await changes(copy, ["update withdrawn"]);
    assert.deepEqual(
      (await toRevoke(copy)).map(({ publicKey }) => publicKey),
      [key],
    );
  });
});

function deliveryOf(user: string) {
  return { region: "local", namespace: "iot", secret: `${user}-nats` };
}

/** Asserts that a preview shows exactly these changes, and makes them; afterwards there is nothing left to do. */
async function changes(copy: ProjectCopy, expected: readonly string[]): Promise<void> {
  assert.deepEqual(await previewedChanges(copy), expected);
  await succeeds(up(copy));
  await assertQuiet(copy);
}

async function succeeds(command: Promise<{ code: number; output: string }>): Promise<void> {
  const { code, output } = await command;
  assert.equal(code, 0, output);
}

async function toRevoke(copy: ProjectCopy): Promise<WithdrawnCredential[]> {
  const { code, stdout, output } = await pulumi(copy, ["stack", "output", "toRevoke", "--json"]);
  assert.equal(code, 0, output);
  return JSON.parse(stdout) as WithdrawnCredential[];
}

/** The public key of the user whose creds a Secret has. */
function keyIn(copy: ProjectCopy, namespace: string, name: string): string {
  const text = filesOf(copy)[`deploy/local-secrets/secret.${namespace}.${name}.yaml`] ?? "";
  const { stringData } = parse(text) as { stringData: Record<string, string> };
  return publicKeyOf(parseCreds(stringData["nats.creds"] ?? "").seed);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
