import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as grpc from "@grpc/grpc-js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import { exitCode, start } from "./children.ts";
import type { Sdk } from "./sdk.ts";

type InstallCall = grpc.ServerWritableStream<language.InstallDependenciesRequest, language.InstallDependenciesResponse>;

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

/** The packages that the project in `folder` names, with the versions that are installed. */
export function programDependencies(sdk: Sdk, folder: string): language.DependencyInfo[] {
  const manifest = readManifest(folder);
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).map(([name, range]) => {
    const info = new sdk.language.DependencyInfo();
    info.setName(name);
    info.setVersion(readManifest(join(folder, "node_modules", name)).version ?? range);
    return info;
  });
}

/** `pulumi install`: npm, with its output streamed. */
export async function installDependencies(sdk: Sdk, call: InstallCall): Promise<void> {
  const folder = call.request.getDirectory();
  const command = existsSync(join(folder, "package-lock.json")) ? "ci" : "install";
  const child = start("npm", [command], { cwd: folder, env: process.env, output: "pipe" });
  child.stdout?.on("data", (chunk: Buffer) => {
    const response = new sdk.language.InstallDependenciesResponse();
    response.setStdout(chunk);
    call.write(response);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    const response = new sdk.language.InstallDependenciesResponse();
    response.setStderr(chunk);
    call.write(response);
  });
  const code = await exitCode(child);
  if (code === 0) call.end();
  else call.destroy(new Error(`npm ${command} failed in ${folder} with exit code ${code}`));
}

function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    return {};
  }
}
