import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertQuiet } from "./support/changes.ts";
import { execute } from "./support/command.ts";
import { finishedCopy, plainPulumi, pulumi, up } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { contentOf, stateOf } from "./support/state.ts";

/** What the program is made of: everything else is for the people around it. */
const SOURCES = ["index.ts", "components", "config", "nats", "providers"];

describe("an untouched stack", { concurrency: 2 }, () => {
  test("is previewed without a network, and in about the same time", async () => {
    const copy = await finishedCopy();
    const [args, options] = plainPulumi(copy, ["preview", "--expect-no-changes"]);
    const withNetwork = await timed(() => execute("pulumi", args, options));
    const script = 'ip link set lo up || exit 97; test -z "$(ip route)" || exit 98; exec pulumi "$@"';
    // A try to reach the world takes its time until it fails, each time; the machine's own unrest is less than this, or passes.
    const isSlow = ({ ms }: { ms: number }) => ms >= withNetwork.ms * 1.5 + 10_000;
    const preview = () => timed(() => execute("unshare", ["--net", "sh", "-c", script, "sh", ...args], options));
    let without = await preview();
    for (let again = 0; again < 2 && isSlow(without); again += 1) without = await preview();
    const { code, output } = without.finished;
    assert.ok(
      !output.startsWith("unshare:"),
      `this test takes the network away with \`unshare --net\`, which needs root: ${output}`,
    );
    assert.notEqual(code, 97, `this test needs the command \`ip\` (Debian: iproute2): ${output}`);
    assert.notEqual(code, 98, "there is still a route to somewhere");
    assert.equal(code, 0, output);
    assert.match(output, /Resources:\s+\d+ unchanged/);
    assert.ok(!isSlow(without), `${without.ms} ms without a network, ${withNetwork.ms} ms with one`);
  });

  test("stays untouched when any source file of ours is edited", async () => {
    const copy = await finishedCopy();
    const edited = sourceFiles(copy.folder);
    assert.ok(edited.length > 50 && edited.includes("providers/shim.cjs"), edited.join(" "));
    for (const file of edited) remark(join(copy.folder, file));
    const [state, files] = [await stateOf(copy), filesOf(copy)];
    await assertQuiet(copy);
    const { code, output } = await up(copy, ["--expect-no-changes"]);
    assert.equal(code, 0, output);
    assert.deepEqual(contentOf(await stateOf(copy)), contentOf(state));
    assert.deepEqual(differences(files, filesOf(copy)), []);
  });

  test("holds provider texts that a unit test pins", () => {
    const pin = join(import.meta.dirname, "../unit/providers/shim.test.ts");
    assert.ok(existsSync(pin), pin);
    for (const provider of ["key", "signedJwt", "manifest"]) {
      assert.match(readFileSync(pin, "utf8"), new RegExp(`${provider}: "[0-9a-f]{64}"`));
    }
  });

  test("has no text of ours in its state but the shim's", async () => {
    const { resources } = await stateOf(await finishedCopy());
    const texts = new Set(
      resources.flatMap(({ inputs }) => (typeof inputs.__provider === "string" ? [inputs.__provider] : [])),
    );
    assert.equal(texts.size, 4);
    for (const text of texts) {
      assert.ok(text.length < 3000, `${text.length} characters`);
      assert.match(text, /require\("\.\/providers\/(key|signed-jwt|manifest|withdrawn)\.ts"\)/);
    }
  });

  test("is previewed by a plain pulumi without a lock or a change of the state's files", async () => {
    const copy = await finishedCopy();
    const before = filesOf(copy, ".nats-platform");
    assert.equal((await pulumi(copy, ["preview"])).code, 0);
    assert.deepEqual(differences(before, filesOf(copy, ".nats-platform")), []);
  });
});

/** Adds a remark at the end, and one at the beginning: every line of code moves. */
function remark(file: string): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `// A remark of somebody who came by.\n${text}\n// And another one.\n`);
}

function sourceFiles(folder: string): string[] {
  return SOURCES.flatMap((source) =>
    source.includes(".")
      ? [source]
      : readdirSync(join(folder, source), { recursive: true, encoding: "utf8" }).map((file) => `${source}/${file}`),
  ).filter((file) => /\.(ts|cjs|cts)$/.test(file));
}

async function timed<T>(work: () => Promise<T>): Promise<{ finished: T; ms: number }> {
  const started = performance.now();
  const finished = await work();
  return { finished, ms: Math.round(performance.now() - started) };
}
