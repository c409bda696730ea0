import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type shim from "../../../providers/shim.cjs";
import { appliedRegion, glassPlatform, vaultKeys } from "../../support/glass.ts";
import { runProgram } from "../../support/program.ts";

// These texts stand in the state of every stack. A sha that no longer fits means that every resource of that provider
// would show a change: put the shim (or the version of the Pulumi SDK, which wraps it) back as it was.
const serialized: Readonly<Record<keyof typeof shim, string>> = {
  key: "01bfdc43133f874d677c1cfcf2a5998b5aef4772144ecd1a3a69fefeeb0ad8d1",
  signedJwt: "8abac33e73894e48e2c87b807c4f20fdd75826405bf7b13dc490fa3dcc38d1f3",
  manifest: "0decbbd34e583a31321fef3c61577d21c3963f82fbeea10a552ac91a9ab2f2c2",
  credential: "c66cf32a46bda2a4205a83dc7458939e47b834db6abfc29f111474eed33b410d",
  document: "34c055861a6e82718b0f45c3be7a04cefc51b42e32e35c9f84f75dd41d34a3ed",
  clusterSecret: "054c0ff9a3dae23fa8f4d36bdc1d7da525b06705da8a0b50fd2ad0123df068ad",
  secretDocument: "c4a19c0a718d9e85dbc28c3c3a4a5e3edac514cede26840be8a3d0766096df73",
  withdrawn: "89623cad4496643a9b38f1f1d893066887c52a5dc4bdd47caaea867253871495",
};

test("the serialized text of each provider is the one in every state, the same for all of its resources", async () => {
  const found = new Map<string, Set<string>>();
  const applied = glassPlatform({ regions: appliedRegion });
  const resources = [
    ...(await runProgram({ stack: "dev" })),
    ...(await runProgram({ stack: "prod" })),
    ...(await runProgram({ stack: "glass", platform: applied, fixed: true })),
    ...(await runProgram({ stack: "glass", platform: glassPlatform({ keys: vaultKeys }), fixed: true })),
  ];
  for (const { inputs } of resources) {
    const text = inputs.__provider;
    if (typeof text !== "string") continue;
    const name =
      Object.keys(serialized).find((key) => text.includes(`.${key}Provider.`)) ?? "a provider that is not pinned here";
    found.set(name, (found.get(name) ?? new Set()).add(createHash("sha256").update(text).digest("hex")));
  }
  const shas = Object.fromEntries([...found].map(([name, texts]) => [name, [...texts].join(" and ")]));
  assert.deepEqual(shas, serialized);
});

test("the provider process finds the providers from the project folder and loads no Pulumi for them", () => {
  const script = `
    const shim = require("./providers/shim.cjs");
    for (const file of ["key", "signed-jwt", "manifest", "credential", "document", "cluster-secret", "secret-document", "withdrawn"]) require("./providers/" + file + ".ts");
    const loaded = Object.keys(require.cache).filter((path) => path.includes("@pulumi"));
    process.stdout.write(JSON.stringify({ names: Object.keys(shim), loaded }));`;
  const root = new URL("../../..", import.meta.url);
  const output = execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" });
  assert.deepEqual(JSON.parse(output), { names: Object.keys(serialized), loaded: [] });
});
