import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { parseCreds } from "../../nats/creds.ts";
import { encodeSeed } from "../../nats/nkeys.ts";
import { mintMaterial } from "../../providers/material.ts";
import { configure, unconfigure } from "./support/configuration.ts";
import { leaksIn, type Place, type Secret } from "./support/leaks.ts";
import { finishedCopy, freshCopy, npmPulumi, pulumi, up, type ProjectCopy } from "./support/project-copy.ts";
import { filesOf } from "./support/rendered.ts";
import { nameOf, stateOf } from "./support/state.ts";

const SECRETS = "deploy/local-secrets/";

describe("no secret stands in plain text where it does not belong", { concurrency: 2 }, () => {
  test("not in files, outputs, previews, logs and errors of a stack that mints and adopts", async () => {
    const fresh = await freshCopy();
    // What makes the engine know --event-log.
    const copy = { ...fresh, env: { ...fresh.env, PULUMI_DEBUG_COMMANDS: "true" } };
    assert.equal((await npmPulumi(copy, ["stack", "init", "dev"])).code, 0);
    const places: Place[] = [];
    const adopted = mintMaterial("account");
    const foreign = mintMaterial("account");
    const run = async (name: string, work: Promise<{ code: number; output: string }>) => {
      const { code, output } = await work;
      assert.equal(code, 0, `${name}: ${output}`);
      places.push({ name, text: output });
    };

    await run(
      "the output of config set",
      npmPulumi(copy, ["config", "set", "--stack", "dev", "--secret", "seedOfIot"], { input: adopted }),
    );
    configure(copy, ["accounts", "IOT", "seedFrom"], "seedOfIot");
    await run("the output of a first up with a log", up(copy, ["--diff", "--show-config", "--event-log", "up.log"]));
    const secrets = await secretsOf(copy, { adopted, foreign });
    assert.ok(secrets.length > 30, `${secrets.length} secrets`);
    configure(copy, ["accounts", "SERVICES", "users", "orders", "rotation"], 1);
    configure(copy, ["accounts", "IOT", "limits", "connections"], 200);
    rmSync(join(copy.folder, SECRETS, "secret.audit.audit-nats.yaml"));
    for (const args of [
      ["preview", "--diff", "--show-config", "--show-reads", "--show-sames", "--event-log", "preview.log"],
      ["preview", "--json", "--show-config"],
      ["up", "--yes", "--json"],
      ["preview", "--debug"],
      ["up", "--yes", "--diff", "--show-config", "--show-sames"],
      ["refresh", "--yes", "--diff", "--show-sames"],
      ["config"],
      ["config", "--json"],
      ["stack", "--show-urns", "--show-ids"],
      ["stack", "output", "--json"],
      ["stack", "export"],
      ["stack", "history", "--json"],
    ]) {
      await run(`the output of pulumi ${args.join(" ")}`, pulumi(copy, args));
    }
    secrets.push(...(await secretsOf(copy, {})));
    for (const [name, fail] of failures(copy, foreign)) {
      places.push({ name: `the error of ${name}`, text: (await fail()).output });
    }

    // All that was not there before the first command: the sources hold no secrets, but patterns of them.
    const files = Object.entries(filesOf(copy, ".")).filter(
      ([path]) => !path.includes("/") || /^(deploy|\.nats-platform)\//.test(path),
    );
    const open = files.filter(([path]) => !path.startsWith(SECRETS) && path !== ".nats-platform/passphrase");
    for (const part of [
      "/stacks/",
      "/backups/",
      "/history/",
      "deploy/local/3-workloads",
      "up.log",
      "preview.log",
      "Pulumi.dev.yaml",
    ]) {
      assert.ok(
        open.some(([path]) => path.includes(part)),
        `${part} is among what is looked at`,
      );
    }
    places.push(...open.map(([path, text]) => ({ name: path, text })), {
      name: "names of files",
      text: files.map(([path]) => path).join("\n"),
    });
    assert.deepEqual(leaksIn(places, secrets), []);
  });

  test("and the scanner sees a leak in each of these places", async () => {
    const copy = await finishedCopy();
    const secrets = await secretsOf(copy, {});
    const seed = secrets.find(({ name }) => name === "key operator")?.text ?? "";
    const root = secrets.find(({ name }) => name === "key account.IOT.users")?.text ?? "";
    const creds = secrets.find(({ name }) => name.startsWith("JWT of"))?.text ?? "";
    const [stateFile = "", state = ""] =
      Object.entries(filesOf(copy, ".nats-platform/state")).find(([path]) => /\/stacks\/.+\/dev\.json$/.test(path)) ??
      [];
    const { output } = await pulumi(copy, ["stack", "export", "--show-secrets"]);
    const base64 = (text: string, before = "") => Buffer.from(before + text).toString("base64");
    const planted: Place[] = [
      { name: stateFile, text: state.replace('"outputs"', `"oops":${JSON.stringify(seed)},"outputs"`) },
      { name: "an output", text: output },
      { name: "a ConfigMap", text: `data:\n  nats.conf: |\n    password: ${root}\n` },
      { name: "base64", text: `seed: ${base64(seed)}` },
      { name: "base64 after one byte", text: base64(seed, "-") },
      { name: "base64 after two bytes", text: base64(seed, "--") },
      { name: "base64url", text: Buffer.from(`--${root}--`).toString("base64url") },
      { name: "hex", text: Buffer.from(seed).toString("hex").toUpperCase() },
      { name: "raw bytes", text: Buffer.from(root, "base64url").toString("hex") },
      { name: "lower case", text: seed.toLowerCase() },
      { name: "a user's JWT", text: `?jwt=${creds}` },
      { name: "a seed that nobody knows", text: `minted ${encodeSeed("user", Buffer.alloc(32, 7))}` },
    ];
    assert.deepEqual(leaksIn([{ name: stateFile, text: state }], secrets), [], "nothing before it is planted");
    const seen = new Set(leaksIn(planted, secrets).map(({ place }) => place));
    assert.deepEqual(
      [...seen],
      planted.map(({ name }) => name),
    );
  });
});

/** Runs that go wrong, each in a way of its own; what each has changed is undone by the next one. */
function failures(copy: ProjectCopy, foreign: string): [name: string, run: () => Promise<{ output: string }>][] {
  const failing = async (work: Promise<{ code: number; output: string }>) => {
    const ended = await work;
    assert.notEqual(ended.code, 0, ended.output);
    return ended;
  };
  const blocked = join(copy.folder, "deploy/blocked-secrets");
  return [
    [
      "a seed written into the configuration",
      () => {
        configure(copy, ["accounts", "IOT", "seedFrom"], foreign);
        configure(copy, ["accounts", "IOT", "description"], { seed: foreign });
        return failing(pulumi(copy, ["preview"]));
      },
    ],
    [
      "another seed for a key",
      async () => {
        configure(copy, ["accounts", "IOT", "seedFrom"], "seedOfIot");
        unconfigure(copy, ["accounts", "IOT", "description"]);
        const { code, output } = await pulumi(copy, ["config", "set", "--secret", "seedOfIot"], { input: foreign });
        assert.equal(code, 0, output);
        return failing(up(copy));
      },
    ],
    [
      "half a seed",
      async () => {
        await pulumi(copy, ["config", "set", "--secret", "seedOfIot"], { input: foreign.slice(0, -1) });
        return failing(up(copy));
      },
    ],
    [
      "a folder that can't be written",
      () => {
        unconfigure(copy, ["accounts", "IOT", "seedFrom"]);
        mkdirSync(join(copy.folder, "deploy"), { recursive: true });
        writeFileSync(blocked, "a file where a folder is to be");
        configure(copy, ["regions", "local", "target", "secrets"], "deploy/blocked-secrets");
        return failing(up(copy));
      },
    ],
    [
      "an account that is protected",
      () => {
        rmSync(blocked);
        unconfigure(copy, ["regions", "local", "target", "secrets"]);
        unconfigure(copy, ["accounts", "IOT"]);
        return failing(up(copy));
      },
    ],
    ["a destroy of what is protected", () => failing(pulumi(copy, ["destroy", "--yes"]))],
  ];
}

/** Every secret that a copy has: keys, users and their JWTs, the passphrase, and others by name. */
async function secretsOf(copy: ProjectCopy, others: Record<string, string>): Promise<Secret[]> {
  const { resources } = await stateOf(copy);
  const keys = resources
    .filter(({ type }) => type.endsWith("nats:Key"))
    .map(({ urn, outputs }) => ({
      name: `key ${nameOf(urn)}`,
      text: (outputs.location as { material: string }).material,
    }));
  const users = Object.entries(filesOf(copy, SECRETS)).flatMap(([path, text]) => {
    const creds = path.endsWith(".yaml")
      ? (parse(text) as { stringData: Record<string, string> }).stringData["nats.creds"]
      : undefined;
    if (creds === undefined) return [];
    const { jwt, seed } = parseCreds(creds);
    return [
      { name: `seed of ${path}`, text: seed },
      { name: `JWT of ${path}`, text: jwt },
    ];
  });
  const passphrase = {
    name: "the passphrase",
    text: readFileSync(join(copy.folder, ".nats-platform/passphrase"), "utf8"),
  };
  return [...keys, ...users, passphrase, ...Object.entries(others).map(([name, text]) => ({ name, text }))];
}
