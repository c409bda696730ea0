import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../../../tools/run.ts";

/** Files of a repository: path to content. */
export type Files = Readonly<Record<string, string>>;

/** A Git repository on this machine, as one is on a server: without a work tree. */
export interface GitRepository {
  /** How others fetch it: `file://…`. */
  readonly url: string;
  /** Adds, replaces or (null) removes files on branch main; returns the new commit. */
  push(files: Readonly<Record<string, string | null>>, message?: string): Promise<string>;
  /** The commit that branch main is at. */
  head(): Promise<string>;
}

/** Makes a repository below `folder`, whose branch main has these files in its first commit. It goes with the folder. */
export async function makeRepository(folder: string, files: Files): Promise<GitRepository> {
  const place = mkdtempSync(join(folder, "git-"));
  const [bare, tree] = [join(place, "repository.git"), join(place, "tree")];
  await git(place, "init", "--quiet", "--bare", "--initial-branch=main", bare);
  await git(place, "clone", "--quiet", bare, tree);
  const head = async () => (await git(bare, "rev-parse", "main")).trim();
  const push: GitRepository["push"] = async (changes, message = "Change") => {
    for (const [path, content] of Object.entries(changes)) {
      const file = join(tree, path);
      if (content === null) rmSync(file);
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    }
    await git(tree, "add", "--all");
    await git(tree, "commit", "--quiet", "--message", message);
    await git(tree, "push", "--quiet", "origin", "HEAD:main");
    return head();
  };
  await push(files, "Begin");
  return { url: `file://${bare}`, push, head };
}

/** Runs git as nobody in particular: whatever this machine's user has configured does not count. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const person = { NAME: "Ring", EMAIL: "ring@example.com" };
  const { code, stdout, stderr } = await run("git", args, {
    cwd,
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      ...Object.fromEntries(
        Object.entries(person).flatMap(([what, value]) => [
          [`GIT_AUTHOR_${what}`, value],
          [`GIT_COMMITTER_${what}`, value],
        ]),
      ),
    },
  });
  if (code !== 0) throw new Error(`git ${args.join(" ")} failed (${String(code)}): ${stderr.trim()}`);
  return stdout;
}
