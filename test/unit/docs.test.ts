import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { parse } from "yaml";
import { argocdSecretUses } from "../../config/argocd/secret-uses.ts";
import { parsePlatform } from "../../config/load.ts";
import { seedUses } from "../../config/seed-uses.ts";
import { fixedGiven } from "../support/fixed-keys.ts";
import { runProgram } from "../support/program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const inDocs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".md"),
);
const pages = ["README.md", ...inDocs.map((page) => `docs/${page}`)];

/** The configurations among a page's YAML examples. */
function configurations(page: string): unknown[] {
  const blocks = readFileSync(join(root, page), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, text = ""]): unknown[] => {
    const file = parse(text) as { config?: Record<string, unknown> } | null;
    const platform = file?.config?.["nats-platform:platform"];
    return platform === undefined ? [] : [platform];
  });
}

/** The tests that the tables of a page name, as `test/…/x.test.ts: title` in the last column. */
function proofsIn(page: string): { file: string; title: string }[] {
  const cells = readFileSync(join(root, page), "utf8").matchAll(/(test\/[\w./-]+\.test\.ts): ([^|\n]+?) *\|$/gm);
  return [...cells].map(([, file = "", title = ""]) => ({ file, title }));
}

/** Whether a file has a test of this name. Where names are made of a table's, each part of one between colons has to be there. */
function hasTest(file: string, title: string): boolean {
  if (!existsSync(join(root, file))) return false;
  const text = readFileSync(join(root, file), "utf8");
  return title.split(": ").every((part) => text.includes(part) || text.includes(part.replaceAll('"', '\\"')));
}

for (const page of pages) {
  for (const [index, platform] of configurations(page).entries()) {
    test(`${page}: configuration ${String(index + 1)} makes a platform`, async () => {
      const parsed = parsePlatform(platform);
      const uses = [...seedUses(parsed), ...argocdSecretUses(parsed)].map(
        ({ name, kind }) => [name, fixedGiven(kind, name)] as const,
      );
      const secretConfig: Record<string, string> = Object.fromEntries(uses);
      const registrations = await runProgram({ stack: "docs", platform, secretConfig });
      assert.ok(registrations.length > 0);
    });
  }

  const proofs = proofsIn(page);
  if (proofs.length > 0) {
    test(`${page}: the tests that it names are there`, () => {
      const missing = proofs.filter(({ file, title }) => !hasTest(file, title));
      assert.deepEqual(missing, []);
    });
  }

  test(`${page}: its links lead somewhere`, () => {
    const links = readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g);
    const broken = [...links]
      .map(([, link = ""]) => link)
      .filter((link) => !existsSync(join(root, dirname(page), link)));
    assert.deepEqual(broken, []);
  });
}
