import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ConfigError } from "../../config/problem.ts";
import { parsePlatform } from "../../config/parse.ts";
import type { Platform } from "../../config/schema.ts";
import { Trouble } from "../../tools/project.ts";
import { stackFile } from "../../tools/stack-file.ts";
import type { Rendered } from "./manifests.ts";

const stackFileSchema = z.looseObject({ config: z.looseObject({ "nats-platform:platform": z.unknown() }) });

/** A region that is rendered into folders. */
export interface RenderedRegion {
  readonly name: string;
  readonly rendered: Rendered;
}

/** The configuration of a stack from its file. @throws Trouble */
export function readPlatform(project: string, stack: string): Platform {
  const file = stackFile(project, stack);
  if (!existsSync(file)) throw new Trouble(`${file} is not there, so there is no stack ${stack}`);
  try {
    return parsePlatform(stackFileSchema.parse(parse(readFileSync(file, "utf8"))).config["nats-platform:platform"]);
  } catch (error) {
    if (error instanceof ConfigError) throw new Trouble(`${file}: ${error.message}`);
    if (error instanceof z.ZodError) throw new Trouble(`${file}: found no nats-platform:platform under config`);
    throw error;
  }
}

/** The region of that name; without a name, the first that is rendered. @throws Trouble */
export function chooseRegion(platform: Platform, project: string, wanted: string | undefined): RenderedRegion {
  if (platform.keys.store === "vault") {
    throw new Trouble(
      "The keys of this stack are in Vault, and its Secrets exist in clusters only: here only a stack with keys.store state can be run, such as dev",
    );
  }
  const regions = Object.entries(platform.regions).flatMap(([name, { target }]): RenderedRegion[] =>
    "render" in target
      ? [{ name, rendered: { manifests: join(project, target.render), secrets: join(project, target.secrets) } }]
      : [],
  );
  const chosen = regions.find(({ name }) => wanted === undefined || name === wanted);
  if (chosen !== undefined) return chosen;
  const allowed =
    regions.length === 0 ? "no region of this stack is" : `${regions.map(({ name }) => name).join(", ")} can be run`;
  throw new Trouble(`Only a region with a render target can be run here: found ${wanted ?? "none"}, but ${allowed}`);
}
