import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Box } from "./box.ts";
import { succeed } from "./box.ts";
import { BUSYBOX } from "./debian.ts";

/** What holds a pod's namespaces open. */
export const PAUSE_IMAGE = "docker.io/library/pause:ring";

/** An image of static programs over busybox. */
export interface Image {
  /** Its whole name, as containerd keeps it. */
  readonly name: string;
  /** Static programs to have in it: path inside to file on this machine. */
  readonly programs: Readonly<Record<string, string>>;
  /** Files and folders to have in it besides: path inside to path on this machine. */
  readonly files?: Readonly<Record<string, string>>;
  readonly entryPoint: readonly string[];
  /** The folder that it starts in. */
  readonly workingFolder?: string;
}

/** What a pod's sandbox runs: it has nothing to do but be there. */
export const pauseImage: Image = {
  name: PAUSE_IMAGE,
  programs: {},
  entryPoint: ["/bin/busybox", "sleep", "2147483647"],
};

/** An image under the name of an official one, which starts `nats-server` with the arguments that it is given, as that one does. */
export function natsImage(name: string, server: string): Image {
  return {
    name: `docker.io/library/${name}`,
    programs: { "usr/local/bin/nats-server": server },
    entryPoint: ["nats-server"],
  };
}

/** Writes an image in the archive format of Docker, and has containerd take it in. */
export async function importImage(box: Box, folder: string, image: Image): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, "image.tar");
  await writeArchive(folder, archive, image);
  await box.run("ctr", ["--namespace", "k8s.io", "images", "import", "--snapshotter", "native", archive]);
}

async function writeArchive(folder: string, archive: string, image: Image): Promise<void> {
  const { name, programs, files = {}, entryPoint, workingFolder } = image;
  const root = join(folder, "root");
  for (const path of ["bin", "etc", "tmp", "usr/local/bin"]) mkdirSync(join(root, path), { recursive: true });
  for (const [path, file] of Object.entries({ "bin/busybox": BUSYBOX, ...programs })) {
    cpSync(file, join(root, path), { dereference: true });
    chmodSync(join(root, path), 0o755);
  }
  for (const [path, from] of Object.entries(files))
    cpSync(from, join(root, path), { recursive: true, dereference: true });
  symlinkSync("busybox", join(root, "bin/sh"));

  const layer = join(folder, "layer.tar");
  await succeed("tar", ["--create", "--file", layer, "--owner=0", "--group=0", "--directory", root, "."]);
  const digest = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
  const layerDigest = digest(readFileSync(layer));
  const config = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {
      Entrypoint: entryPoint,
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      ...(workingFolder === undefined ? {} : { WorkingDir: workingFolder }),
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
  });
  const content = join(folder, "content");
  mkdirSync(content);
  const names = { config: `${digest(config)}.json`, layer: `${layerDigest}.tar` };
  writeFileSync(join(content, names.config), config);
  renameSync(layer, join(content, names.layer));
  const manifest = [{ Config: names.config, RepoTags: [name], Layers: [names.layer] }];
  writeFileSync(join(content, "manifest.json"), JSON.stringify(manifest));
  await succeed("tar", [
    "--create",
    "--file",
    archive,
    "--directory",
    content,
    "manifest.json",
    names.config,
    names.layer,
  ]);
}
