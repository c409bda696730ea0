import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { glassSecrets } from "../support/glass.ts";
import { assertQuiet, previewedChanges } from "./support/changes.ts";
import { configure, unconfigure } from "./support/configuration.ts";
import { leaksIn } from "./support/leaks.ts";
import { finishedCopy, npmPulumi, pulumi, up, type ProjectCopy } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { keysOf, stateOf } from "./support/state.ts";

const FOLDER = "deploy/local-secrets";
const NAMES = ["center-token", "jwt-mint-auth", "jwt-mint-nkey", "nats-policy-auth", "nats-user-nkey"];

describe("generated Secrets of a stack", () => {
  test("are minted once, quiet afterwards, and change only when they are asked to", async () => {
    const copy = await finishedCopy();
    const base = await stateOf(copy);
    configure(copy, ["secrets"], glassSecrets({ deliver: [{ region: "local", namespace: "glass" }] }));
    assert.deepEqual(await previewedChanges(copy), [
      "create Secret.glass-jwt-mint-auth",
      "create Secret.glass-jwt-mint-nkey",
      "create Secret.glass-jwt-mint-nkey.r1",
      "create Secret.glass-nats-policy-auth",
      "create Secret.glass-nats-user-nkey",
      ...NAMES.map((name) => `create local.generated.glass.glass-${name}`),
      "create local.key-set.glass.glass-jwt-mint-nkey-jwks",
      // The alert on tokens that end.
      "update local.grafana.nats-alerts",
      "update local.prometheus-rule",
    ]);
    await succeed(up(copy));
    await assertQuiet(copy);
    const [state, files] = [await stateOf(copy), filesOf(copy)];
    const keys = keysOf(state);
    assert.deepEqual({ ...keys, ...keysOf(base) }, keys, "the keys of before are the keys of now");
    await succeed(up(copy));
    await succeed(up(copy, ["--refresh"]));
    assert.deepEqual(differences(files, filesOf(copy)), []);

    // What describes how it is made is no reason to make it again.
    configure(copy, ["secrets", "natsAuth", "policy", "length"], 64);
    configure(copy, ["secrets", "natsJwtAuth", "jwtMint", "claims"], ["robot_type:other"]);
    await assertQuiet(copy);
    configure(copy, ["secrets", "natsAuth", "policy", "rotation"], 1);
    assert.deepEqual(await previewedChanges(copy), [
      "create Secret.glass-nats-policy-auth.r1",
      "update local.generated.glass.glass-nats-policy-auth",
    ]);
    await succeed(up(copy));
    assert.deepEqual(differences(files, filesOf(copy)), [`${FOLDER}/secret.glass.glass-nats-policy-auth.yaml`]);
    assert.equal(passwordOf(copy).length, 64);

    // Taken out by mistake: the keys are protected.
    unconfigure(copy, ["secrets", "natsNKeys", "userAuth"]);
    const refused = await up(copy);
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(refused.output, /Secret\.glass-nats-user-nkey[^]*protect/);
  });

  test("that are given come from encrypted values, are in no output, and change with the rotation alone", async () => {
    const copy = await finishedCopy();
    await setSecret(copy, "policyPassword", "correct horse battery staple");
    configure(copy, ["secrets"], {
      deliver: [{ region: "local", namespace: "glass" }],
      natsAuth: { policy: { secretName: "glass-nats-policy-auth", passwordFrom: "policyPassword" } },
    });
    const first = await succeed(up(copy));
    assert.equal(passwordOf(copy), "correct horse battery staple");
    await assertQuiet(copy);

    await setSecret(copy, "policyPassword", "another horse");
    const refused = await pulumi(copy, ["preview"]);
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(
      refused.output,
      /Secret\.glass-nats-policy-auth: the password given for adoption is not the password of password-[0-9a-f]{32}/,
    );
    assert.match(refused.output, /raise the entry's rotation by one/);
    assert.equal(passwordOf(copy), "correct horse battery staple");

    configure(copy, ["secrets", "natsAuth", "policy", "rotation"], 1);
    const second = await succeed(up(copy));
    assert.equal(passwordOf(copy), "another horse");
    await assertQuiet(copy);

    const exported = await pulumi(copy, ["stack", "export"]);
    const files = Object.entries(filesOf(copy)).filter(([path]) => !path.startsWith(FOLDER));
    const places = [
      { name: "output", text: [first, refused, second].map(({ output }) => output).join("\n") },
      { name: "state", text: exported.stdout },
      ...files.map(([name, text]) => ({ name, text })),
    ];
    const secrets = ["correct horse battery staple", "another horse"].map((text) => ({ name: "password", text }));
    assert.deepEqual(leaksIn(places, secrets), []);
  });
});

function passwordOf(copy: ProjectCopy): string {
  const text = filesOf(copy)[`${FOLDER}/secret.glass.glass-nats-policy-auth.yaml`] ?? assert.fail("no such file");
  const { data } = parse(text) as { data: { password: string } };
  return Buffer.from(data.password, "base64").toString();
}

async function setSecret(copy: ProjectCopy, name: string, value: string): Promise<void> {
  await succeed(npmPulumi(copy, ["config", "set", "--stack", "dev", "--secret", name], { input: value }));
}

async function succeed<T extends { code: number; output: string }>(running: Promise<T>): Promise<T> {
  const finished = await running;
  assert.equal(finished.code, 0, finished.output);
  return finished;
}
