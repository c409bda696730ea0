import type { PlannedApplication } from "./plan.ts";

/** What names a folder in a Git repository, or a chart in a repository of charts. */
export interface PathOrChart {
  readonly path?: string | undefined;
  readonly chart?: string | undefined;
}

/** Folder or chart of an Application; undefined where there is neither, or both. */
export function sourceOf({ path, chart }: PathOrChart): PlannedApplication["source"] | undefined {
  if (path !== undefined) return chart === undefined ? { path } : undefined;
  return chart === undefined ? undefined : { chart };
}
