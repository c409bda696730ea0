import type { Finding, Path } from "../problem.ts";
import { pathText, show } from "../problem.ts";
import type { Rule } from "./rule.ts";

/** Folders of the project itself. Rendering removes what is stale in its folder, so it must have one of its own. */
const projectFolders = [
  "bench",
  "cli",
  "components",
  "config",
  "docs",
  "nats",
  "node_modules",
  "policy",
  "providers",
  "test",
  "tools",
];

interface Folder {
  readonly path: Path;
  readonly name: string;
  /** A region, or argocd. */
  readonly whose: string;
}

/** Every region renders into folders that nothing else writes to, and so does what is Argo CD's. */
export const folders: Rule = function* ({ argocd, regions }) {
  const seen: Folder[] = [];
  const targets = Object.entries(regions).map(([region, { target }]) => ({ path: ["regions", region], target }));
  const all = argocd === undefined ? targets : [...targets, { path: ["argocd"], target: argocd.target }];
  for (const { path, target } of all) {
    if (!("render" in target)) continue;
    for (const key of ["render", "secrets"] as const) {
      const folder = { path: [...path, "target", key], name: target[key], whose: path.at(-1) ?? "" };
      yield* clash(folder, seen);
      seen.push(folder);
    }
  }
};

function* clash({ path, name, whose }: Folder, seen: readonly Folder[]): Generator<Finding> {
  const [top = ""] = name.split("/");
  if (projectFolders.includes(top.toLowerCase()) || top.startsWith(".")) {
    yield {
      path,
      found: show(name),
      allowed: `${top}/ belongs to the project itself: choose a folder such as deploy/${whose}`,
    };
  }
  const other = seen.find((earlier) => inside(name, earlier.name) || inside(earlier.name, name));
  if (other !== undefined) {
    yield {
      path,
      found: show(name),
      allowed: `it must be apart from ${show(other.name)} (${pathText(other.path)}): neither the same folder nor one inside the other`,
    };
  }
}

/** Compared without case: some file systems do not tell `EU` from `eu`. */
function inside(inner: string, outer: string): boolean {
  return `${inner}/`.toLowerCase().startsWith(`${outer}/`.toLowerCase());
}
