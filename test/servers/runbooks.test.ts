import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../../tools/run.ts";
import { binary } from "./binaries.ts";

const folder = fileURLToPath(new URL("../../docs/runbooks", import.meta.url));
const files = (await readdir(folder)).sort();
const pages = await Promise.all(
  files.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })),
);

test("nats knows every command of the runbooks", async () => {
  const commands = new Set(pages.flatMap(({ text }) => commandsIn(text)));
  assert.ok(commands.size > 40, `found ${commands.size} commands`);
  const unknown: string[] = [];
  for (const command of commands) {
    // --help after a command is refused like the command itself, if it or a flag of it is not known. The contexts are not here.
    const asked = command.replace(/ --context \S+/, "").replace(/^nats/, `"$0"`);
    const { code, stderr } = await run("sh", ["-c", `${asked} --help`, binary("nats")], { cwd: tmpdir() });
    if (code !== 0) unknown.push(`${command}: ${stderr}`);
  }
  assert.deepEqual(unknown, []);
});

test("Prometheus understands every query of the runbooks", async (t) => {
  const work = await mkdtemp(join(tmpdir(), "nats-runbooks-"));
  t.after(() => rm(work, { recursive: true }));
  const rules = pages.flatMap(({ name, text }) =>
    queriesIn(text).map((expr) => ({ record: "runbook", labels: { name }, expr })),
  );
  assert.ok(rules.length > 40, `found ${rules.length} queries`);
  await writeFile(join(work, "rules.yml"), JSON.stringify({ groups: [{ name: "runbooks", rules }] }));
  const { code, stdout, stderr } = await run(binary("promtool"), ["check", "rules", "--lint=none", "rules.yml"], {
    cwd: work,
  });
  assert.equal(code, 0, `${stdout}${stderr}`);
});

/** Commands of a page, in its examples and in its text, each without what its output goes to. */
function commandsIn(text: string): string[] {
  const inExamples = text.matchAll(/^(nats (?!.*`).*)$/gm);
  const inText = text.matchAll(/`(nats [^`]*)`/g);
  return [...inExamples, ...inText].map(([, command = ""]) => command.replace(/ (?:\||&).*$/, ""));
}

function queriesIn(text: string): string[] {
  return [...text.matchAll(/^```promql\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));
}
