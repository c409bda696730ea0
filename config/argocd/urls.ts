import type { Repository } from "./repository-schema.ts";

/** Where Argo CD looks for a repository, and how: what it takes to name it. */
export type Addressed = Pick<Repository, "url" | "type">;

/**
 * What an Application, a repository's Secret and the project call a repository. Charts in a registry stand there without `oci://`: so
 * every Argo CD from 3.0 on looks for `chart` below the address. With `oci://`, 3.1 and later take the address itself for the chart,
 * and leave `chart` out.
 */
export function repositoryAddress({ url, type }: Addressed): string {
  return type === "oci" ? url.replace(/^oci:\/\//, "") : url;
}

/** An address as Argo CD compares it with others: `git@host:team/x.git` and `ssh://git@host/team/X` are one (util/git, NormalizeGitURL). */
export function normalUrl(url: string): string {
  const lower = url.trim().toLowerCase();
  const withScheme = isSsh(lower) && !lower.startsWith("ssh://") ? `ssh://${lower.replace(":", "/")}` : lower;
  return withScheme.replace(/\.git$/, "").replace(/^ssh:\/\//, "");
}

/** Whether Argo CD reaches a repository over SSH. */
export function isSsh(url: string): boolean {
  return /^(?:ssh:\/\/)?[^/:]*@[^@]+$/i.test(url);
}
