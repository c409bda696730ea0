import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeJwt } from "../../nats/jwt.ts";
import { assertQuiet, previewedChanges } from "./support/changes.ts";
import { configure, stackFileText, unconfigure } from "./support/configuration.ts";
import { finishedCopy, up, type ProjectCopy } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { keysOf, nameOf, stateOf, type KnownKey, type State } from "./support/state.ts";
import { assertCredentialsFit, assertManifestsInStep } from "./support/trust-check.ts";

const SECRETS = "deploy/local-secrets";
const PRELOAD = "deploy/local/1-configuration/configmap.nats.nats-accounts.yaml";

interface Outcome {
  /** Paths of the files that differ. */
  readonly files: string[];
  readonly before: State;
  readonly after: State;
}

describe("a small change of the configuration", { concurrency: 2 }, () => {
  test("adding a user makes its Secret and touches nothing else", async () => {
    const copy = await finishedCopy();
    configure(copy, ["accounts", "IOT", "users", "barometer"], {
      role: "device",
      deliver: [{ region: "local", namespace: "iot", secret: "barometer-nats" }],
    });
    const { files, before, after } = await change(copy, ["create local.credentials.iot.barometer-nats"]);
    assert.deepEqual(files, [`${SECRETS}/secret.iot.barometer-nats.yaml`]);
    assert.deepEqual(keysOf(after), keysOf(before));
    assert.equal(assertCredentialsFit(copy), 9);
  });

  test("rotating a user changes its Secret, withdraws its old key and touches nothing else", async () => {
    const copy = await finishedCopy();
    configure(copy, ["accounts", "SERVICES", "users", "orders", "rotation"], 1);
    const { files, before, after } = await change(copy, [
      "update local.credentials.orders.orders-nats",
      "update withdrawn",
    ]);
    assert.deepEqual(files, [`${SECRETS}/secret.orders.orders-nats.yaml`]);
    assert.deepEqual(keysOf(after), keysOf(before));
    assert.equal(assertCredentialsFit(copy), 8);
  });

  test("taking a user's delivery away removes its Secret, withdraws its key and touches nothing else", async () => {
    const copy = await finishedCopy();
    configure(copy, ["accounts", "SERVICES", "users", "audit", "deliver"], []);
    const { files, before, after } = await change(copy, [
      "delete local.credentials.audit.audit-nats",
      "update withdrawn",
    ]);
    assert.deepEqual(files, [`${SECRETS}/secret.audit.audit-nats.yaml`]);
    assert.deepEqual(keysOf(after), keysOf(before));
  });

  test("raising a limit signs that account's JWT again, later, and restarts no server", async () => {
    const copy = await finishedCopy();
    configure(copy, ["accounts", "IOT", "limits", "connections"], 200);
    const { files, before, after } = await change(copy, ["update account.IOT.jwt", "update local.nats-accounts"]);
    assert.deepEqual(files, [PRELOAD]);
    assert.deepEqual(keysOf(after), keysOf(before));
    assert.ok(issuedAt(after, "account.IOT.jwt") > issuedAt(before, "account.IOT.jwt"));
    assert.deepEqual(decodeJwt(jwtOf(after, "account.IOT.jwt")).claims.nats?.limits, {
      ...limitsOf(before),
      conn: 200,
    });
    for (const other of ["operator.jwt", "account.SYS.jwt", "account.SERVICES.jwt"]) {
      assert.equal(jwtOf(after, other), jwtOf(before, other), other);
    }
    assert.equal(assertCredentialsFit(copy), 8);
  });

  test("adding an account mints its keys, preloads its JWT and restarts no server", async () => {
    const copy = await finishedCopy();
    configure(copy, ["accounts", "BILLING"], { roles: { reader: { subscribe: ["billing.>"] } } });
    const { files, before, after } = await change(copy, [
      "create account.BILLING",
      "create account.BILLING",
      "create account.BILLING.jwt",
      "create account.BILLING.role.reader",
      "create account.BILLING.signing",
      "create account.BILLING.users",
      "update local.nats-accounts",
    ]);
    assert.deepEqual(files, [PRELOAD]);
    assertKept(keysOf(before), keysOf(after));
    assert.equal(jwtOf(after, "operator.jwt"), jwtOf(before, "operator.jwt"));
    assert.equal(assertCredentialsFit(copy), 8);
  });

  test("removing an account is refused, for its keys are protected, and changes nothing", async () => {
    const copy = await finishedCopy();
    const text = stackFileText(copy);
    const [state, files] = [await stateOf(copy), filesOf(copy)];
    unconfigure(copy, ["accounts", "SERVICES"]);
    assert.notEqual(stackFileText(copy), text);

    const { code, output } = await up(copy);
    assert.notEqual(code, 0, output);
    assert.match(output, /account\.SERVICES[^]*protect/);
    assert.doesNotMatch(output, /^\s+at .+:\d+/m);
    assert.deepEqual(keysOf(await stateOf(copy)), keysOf(state));
    assert.deepEqual(differences(files, filesOf(copy)), []);
  });
});

/** Asserts that a preview shows exactly these changes and that an update makes them; afterwards everything is in step. */
async function change(copy: ProjectCopy, expected: readonly string[]): Promise<Outcome> {
  const [before, files] = [await stateOf(copy), filesOf(copy)];
  assert.deepEqual(await previewedChanges(copy), expected);
  assert.deepEqual(differences(files, filesOf(copy)), [], "a preview writes nothing");
  const { code, output } = await up(copy);
  assert.equal(code, 0, output);
  const after = await stateOf(copy);
  assertManifestsInStep(copy, after);
  await assertQuiet(copy);
  return { files: differences(files, filesOf(copy)), before, after };
}

function assertKept(before: Record<string, KnownKey>, after: Record<string, KnownKey>): void {
  const kept = Object.fromEntries(Object.keys(before).map((name) => [name, after[name]]));
  assert.deepEqual(kept, before);
}

function outputsOf({ resources }: State, name: string): Record<string, unknown> {
  const found = resources.find(({ urn, type }) => nameOf(urn) === name && type.startsWith("pulumi-nodejs:"));
  if (found === undefined) throw new Error(`the state has no ${name}`);
  return found.outputs;
}

function jwtOf(state: State, name: string): string {
  return String(outputsOf(state, name).jwt);
}

function limitsOf(state: State): object {
  return decodeJwt(jwtOf(state, "account.IOT.jwt")).claims.nats?.limits as object;
}

function issuedAt(state: State, name: string): number {
  return Number(outputsOf(state, name).issuedAt);
}
