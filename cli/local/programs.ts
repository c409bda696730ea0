import { delimiter } from "node:path";
import { ensure } from "../../tools/ensure.ts";
import { Trouble } from "../../tools/project.ts";
import { run, which } from "../../tools/run.ts";
import { parseVersion } from "../../tools/version.ts";

/** The programs of NATS on this machine. */
export interface Programs {
  readonly server: string;
  /** As one has to type it; undefined where there is none and none could be built. */
  readonly cli: string | undefined;
}

/** What is on PATH; what is not there is built. @throws Trouble where there is no server to be had */
export async function findPrograms(): Promise<Programs> {
  const server = which("nats-server");
  const cli = which("nats");
  if (server !== undefined && cli !== undefined) return { server, cli: "nats" };
  try {
    const built = (await ensure(["nats"])).join(delimiter);
    return { server: server ?? found("nats-server", built), cli: cli === undefined ? found("nats", built) : "nats" };
  } catch (error) {
    if (server === undefined || !(error instanceof Trouble)) throw error;
    return { server, cli: cli === undefined ? undefined : "nats" };
  }
}

function found(name: string, path: string): string {
  const file = which(name, path);
  if (file === undefined) throw new Trouble(`${name} is not on PATH, and the build left none in ${path}`);
  return file;
}

/** The version of a nats-server, and a warning where it is not the one that the image's tag names. */
export async function checkVersion(
  server: string,
  image: string,
): Promise<{ version: string; warning: string | undefined }> {
  const { code, stdout, stderr } = await run(server, ["--version"], { cwd: process.cwd() });
  if (code !== 0) throw new Trouble(`${server} --version ended with code ${code}: ${(stderr || stdout).trim()}`);
  const version = parseVersion(stdout)?.join(".") ?? stdout.trim();
  const tag = /:([^:/@]+)(@|$)/.exec(image)?.[1];
  const wanted = tag === undefined ? undefined : parseVersion(tag)?.join(".");
  const warning =
    wanted === undefined || wanted === version
      ? undefined
      : `${server} is version ${version}, but the cluster will run ${image}: things may differ.`;
  return { version, warning };
}
