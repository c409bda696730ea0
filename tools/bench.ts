import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensure, withPath, type ToolName } from "./ensure.ts";
import { PROJECT } from "./project.ts";
import { runInTerminal } from "./run.ts";

/** What a bench needs beyond the servers and Vault. */
const more: Readonly<Record<string, readonly ToolName[]>> = {
  "argocd.bench.ts": ["engine"],
  "dashboard-picture.bench.ts": ["exporter"],
  "discovery.bench.ts": ["kubernetes", "etcd"],
};

/** `npm run bench`: every file of bench/ whose name holds the argument (all without one), one after another. */
export async function bench([part = "", ...args]: readonly string[]): Promise<number> {
  const folder = join(PROJECT, "bench");
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith(".bench.ts") && file.includes(part))
    : [];
  if (files.length === 0) {
    console.error(`bench/ has no *.bench.ts${part === "" ? "" : ` with ${JSON.stringify(part)} in its name`}`);
    return 1;
  }
  const env = withPath(await ensure(["nats", "vault", ...files.flatMap((file) => more[file] ?? [])]));
  let worst = 0;
  for (const file of files.sort()) {
    worst = Math.max(
      worst,
      await runInTerminal(process.execPath, [join(folder, file), ...args], { cwd: PROJECT, env }),
    );
  }
  return worst;
}
