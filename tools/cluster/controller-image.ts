import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.ts";
import type { Image } from "./images.ts";
import { librariesOf } from "./libraries.ts";

/** What the Dockerfile copies, but for the dependencies. */
const SOURCES = ["package.json", "cli", "components/discovery", "config", "nats", "providers", "tools/project.ts"];

/** What these sources load. */
const DEPENDENCIES = ["@kubernetes/client-node", "@nats-io/transport-node", "prom-client", "sodium-native", "zod"];

/** The image that the Dockerfile describes, of what is on this machine: its own Node and its libraries, the sources, what they load. */
export async function controllerImage(name: string): Promise<Image> {
  const node = realpathSync(process.execPath);
  const sources = SOURCES.map((path) => [`app/${path}`, join(PROJECT, path)] as const);
  const modules = [...closureOf(DEPENDENCIES)].map(
    (module) => [`app/node_modules/${module}`, join(PROJECT, "node_modules", module)] as const,
  );
  return {
    name,
    programs: { "usr/local/bin/node": node },
    files: { ...Object.fromEntries([...sources, ...modules]), ...(await librariesOf(node)) },
    entryPoint: ["node", "cli/main.ts"],
    workingFolder: "/app",
  };
}

/** These packages and all that they depend on; those of which there are two versions have theirs inside. */
export function closureOf(names: readonly string[], found: Set<string> = new Set<string>()): Set<string> {
  for (const name of names) {
    const file = join(PROJECT, "node_modules", name, "package.json");
    if (found.has(name) || !existsSync(file)) continue;
    found.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as { dependencies?: Record<string, string> };
    closureOf(Object.keys(dependencies), found);
  }
  return found;
}
