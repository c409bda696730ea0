import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { HELMFILE_PLUGIN, helmfilePlugin } from "../../../../components/argocd/plugin.ts";
import { run } from "../../../../tools/run.ts";

test("Applications name the plugin by its name and its version", () => {
  const { metadata, spec } = helmfilePlugin();
  assert.equal(HELMFILE_PLUGIN, `${metadata.name}-${spec.version}`);
  assert.equal(HELMFILE_PLUGIN, "helmfile-v1.0");
});

test("what helmfile renders is all that is printed, for the cluster that Argo CD tells of", async (context) => {
  const { code, stdout, asked } = await generate(context, "echo 'kind: ConfigMap'");
  assert.deepEqual({ code, stdout }, { code: 0, stdout: "kind: ConfigMap\n" });
  assert.deepEqual(asked, [
    ...["-q", "template", "--skip-deps", "--include-crds"],
    ...["--kube-version", "1.34", "--args", "--api-versions=v1,apps/v1"],
  ]);
});

test("a helmfile that fails half-way prints nothing: what is missing would be pruned", async (context) => {
  const { code, stdout } = await generate(context, "echo 'kind: ConfigMap'; exit 3");
  assert.notEqual(code, 0);
  assert.equal(stdout, "");
});

test("a helmfile that renders nothing fails: all would be pruned", async (context) => {
  const { code, stderr } = await generate(context, "echo");
  assert.equal(code, 1);
  assert.match(stderr, /^helmfile\.yaml\.gotmpl renders no object/);
});

/** Runs the plugin's command as Argo CD does, with a helmfile that does this. */
async function generate(context: TestContext, helmfile: string) {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-plugin-"));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const program = join(folder, "helmfile");
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/asked\n${helmfile}\n`);
  chmodSync(program, 0o755);
  const { command, args } = helmfilePlugin().spec.generate;
  const [shell = "", ...first] = command;
  const finished = await run(shell, [...first, ...args], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH ?? ""}`, KUBE_VERSION: "1.34", KUBE_API_VERSIONS: "v1,apps/v1" },
  });
  return { ...finished, asked: readFileSync(join(folder, "asked"), "utf8").trimEnd().split("\n") };
}
