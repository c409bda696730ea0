import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { ProjectCopy } from "./project-copy.ts";

/** Keys in `nats-platform:platform`, outermost first. */
export type ConfigPath = readonly [string, ...string[]];

/** Sets a value in the configuration of a copy's dev stack, as with an editor: all else stays. */
export function configure({ folder }: ProjectCopy, path: ConfigPath, value: unknown): void {
  edit(folder, (document) => {
    document.setIn(["config", "nats-platform:platform", ...path], document.createNode(value));
  });
}

/** Takes a value out of it. */
export function unconfigure({ folder }: ProjectCopy, path: ConfigPath): void {
  edit(folder, (document) => {
    if (!document.deleteIn(["config", "nats-platform:platform", ...path]))
      throw new Error(`no ${path.join(".")} to remove`);
  });
}

/** The text of the copy's Pulumi.dev.yaml. */
export function stackFileText({ folder }: ProjectCopy): string {
  return readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8");
}

function edit(folder: string, change: (document: ReturnType<typeof parseDocument>) => void): void {
  const file = join(folder, "Pulumi.dev.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  change(document);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}
