import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { parseCreds } from "../../nats/creds.ts";
import { publicKeyOf, type Seed } from "../../nats/nkeys.ts";
import { mintMaterial } from "../../providers/material.ts";
import { assertQuiet } from "./support/changes.ts";
import { configure, stackFileText, unconfigure, type ConfigPath } from "./support/configuration.ts";
import { finishedCopy, freshCopy, npmPulumi, pulumi, up, type ProjectCopy } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { contentOf, keysOf, stateOf } from "./support/state.ts";
import { assertCredentialsFit } from "./support/trust-check.ts";

const ADOPTED: Record<string, { owner: ConfigPath; seed: string }> = {
  seedOfOperator: { owner: ["operator"], seed: mintMaterial("operator") },
  seedOfIot: { owner: ["accounts", "IOT"], seed: mintMaterial("account") },
  seedOfDevice: { owner: ["accounts", "IOT", "roles", "device"], seed: mintMaterial("account") },
  seedOfThermometer: { owner: ["accounts", "IOT", "users", "thermometer"], seed: mintMaterial("user") },
};

describe("an existing seed", { concurrency: 2 }, () => {
  test("comes in as it is, stays when the configuration forgets it, and is not replaced by another", async () => {
    const copy = await freshCopy();
    assert.equal((await npmPulumi(copy, ["stack", "init", "dev"])).code, 0);
    for (const [name, { owner, seed }] of Object.entries(ADOPTED)) {
      await setSecret(copy, name, seed);
      configure(copy, [...owner, "seedFrom"], name);
    }
    assert.doesNotMatch(stackFileText(copy), /S[OAU][A-Z2-7]{56}/);
    const first = await up(copy);
    assert.equal(first.code, 0, first.output);
    const state = await stateOf(copy);
    const keys = keysOf(state);
    assert.equal(keys.operator?.publicId, publicOf("seedOfOperator"));
    assert.equal(keys["account.IOT"]?.publicId, publicOf("seedOfIot"));
    assert.equal(keys["account.IOT.role.device"]?.publicId, publicOf("seedOfDevice"));
    assert.equal(credsOf(copy, "iot.thermometer-nats").seed, ADOPTED.seedOfThermometer?.seed);
    assert.equal(assertCredentialsFit(copy), 8);
    await assertQuiet(copy);

    // Another seed for a key that exists: an error that says what to do, and nothing changes.
    const files = filesOf(copy);
    await setSecret(copy, "seedOfIot", mintMaterial("account"));
    for (const { code, output } of [await pulumi(copy, ["preview"]), await up(copy)]) {
      assert.notEqual(code, 0, output);
      assert.match(
        output,
        /account\.IOT: the seed given for adoption is not the seed of A[A-Z2-7]{55}, which this key already is/,
      );
      assert.match(output, /take the seed out of the configuration again/);
      assert.doesNotMatch(output, /^\s+at .+:\d+/m, "no stack trace");
    }
    assert.deepEqual(keysOf(await stateOf(copy)), keys);
    assert.deepEqual(differences(files, filesOf(copy)), []);

    // The keys are the state's now: it needs no seed of them any more (a user's seed is nowhere else, and stays).
    for (const name of ["seedOfOperator", "seedOfIot", "seedOfDevice"]) {
      unconfigure(copy, [...(ADOPTED[name]?.owner ?? ["operator"]), "seedFrom"]);
      const removed = await npmPulumi(copy, ["config", "rm", "--stack", "dev", name]);
      assert.equal(removed.code, 0, removed.output);
    }
    await assertQuiet(copy);
    const last = await up(copy);
    assert.equal(last.code, 0, last.output);
    assert.deepEqual(keysOf(await stateOf(copy)), keys);
    assert.deepEqual(differences(files, filesOf(copy)), []);
  });

  test("of a key that exists already is refused unless it is that very seed", async () => {
    const copy = await finishedCopy();
    const state = await stateOf(copy);
    const files = filesOf(copy);
    const own = state.resources.find(({ urn }) => urn.endsWith("nats:Key::account.IOT"))?.outputs.location as {
      material: string;
    };
    configure(copy, ["accounts", "IOT", "seedFrom"], "seedOfIot");
    await setSecret(copy, "seedOfIot", own.material);
    await assertQuiet(copy);
    const same = await up(copy);
    assert.equal(same.code, 0, same.output);
    assert.deepEqual(differences(files, filesOf(copy)), []);

    await setSecret(copy, "seedOfIot", ADOPTED.seedOfIot?.seed ?? "");
    const other = await up(copy);
    assert.notEqual(other.code, 0, other.output);
    assert.match(other.output, /A key never changes once it is minted/);
    assert.deepEqual(keysOf(await stateOf(copy)), keysOf(state));
    assert.deepEqual(differences(files, filesOf(copy)), []);
  });

  test("that is missing, in plain text, of another kind or broken is refused before anything happens", async () => {
    const copy = await finishedCopy();
    const [content, files] = [contentOf(await stateOf(copy)), filesOf(copy)];
    configure(copy, ["operator", "seedFrom"], "missing");
    configure(copy, ["accounts", "IOT", "seedFrom"], "kind");
    configure(copy, ["accounts", "IOT", "roles", "device", "seedFrom"], "broken");
    configure(copy, ["accounts", "IOT", "users", "thermometer", "seedFrom"], "plain");
    await setSecret(copy, "kind", mintMaterial("user"));
    await setSecret(copy, "broken", mintMaterial("account").replace(/.$/, "!"));
    const plain = await npmPulumi(copy, ["config", "set", "--stack", "dev", "--plaintext", "plain", "x"]);
    assert.equal(plain.code, 0, plain.output);
    for (const { code, output } of [await pulumi(copy, ["preview"]), await up(copy)]) {
      assert.notEqual(code, 0, output);
      assert.match(
        output,
        /operator\.seedFrom: found the name missing, but there is no such value: type `pulumi config set --secret missing`/,
      );
      assert.match(output, /accounts\.IOT\.seedFrom: found the seed of another kind \(user\) in kind/);
      assert.match(
        output,
        /accounts\.IOT\.roles\.device\.seedFrom: found a value in broken that is no seed \(not shown\)/,
      );
      assert.match(
        output,
        /accounts\.IOT\.users\.thermometer\.seedFrom: found plain in plain text, but a seed must be encrypted/,
      );
      assert.doesNotMatch(output, /^\s+at .+:\d+|S[OAU][A-Z2-7]{50}/m);
    }
    assert.deepEqual(contentOf(await stateOf(copy)), content);
    assert.deepEqual(differences(files, filesOf(copy)), []);
  });
});

/** `npm run pulumi -- config set --secret NAME`, the value typed and not an argument. */
async function setSecret(copy: ProjectCopy, name: string, value: string): Promise<void> {
  const { code, output } = await npmPulumi(copy, ["config", "set", "--stack", "dev", "--secret", name], {
    input: value,
  });
  assert.equal(code, 0, output);
}

function publicOf(name: string): string {
  return publicKeyOf((ADOPTED[name]?.seed ?? "") as Seed);
}

function credsOf(copy: ProjectCopy, secret: string): { jwt: string; seed: Seed } {
  const text = readFileSync(join(copy.folder, `deploy/local-secrets/secret.${secret}.yaml`), "utf8");
  return parseCreds((parse(text) as { stringData: Record<string, string> }).stringData["nats.creds"] ?? "");
}
