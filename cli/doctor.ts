import { plannedApplications } from "../config/argocd/plan.ts";
import { PROJECT, Trouble } from "../tools/project.ts";
import { clusterIn, parsed, stackIn } from "./argocd/arguments.ts";
import { connectionTo } from "./argocd/connection.ts";
import { examine } from "./doctor/argocd/examine.ts";
import { linesOf } from "./doctor/check.ts";
import { readPlatform } from "./local/stack.ts";

const usage = "usage: npm run cli -- doctor argocd --stack STACK [--context CONTEXT] [--kubeconfig FILE]";

/** `npm run cli -- doctor argocd --stack STACK`: looks at the Argo CD that the stack is for, and changes nothing. */
export async function doctor(args: readonly string[]): Promise<number> {
  const { positionals, values } = parsed(args, usage);
  if (positionals.length !== 1 || positionals[0] !== "argocd") {
    throw new Trouble(`found ${positionals.join(" ") || "nothing"} to look at, but it is argocd\n${usage}`);
  }
  const stack = stackIn(values, usage);
  const platform = readPlatform(PROJECT, stack);
  const { argocd: settings } = platform;
  if (settings === undefined)
    throw new Trouble(`stack ${stack}: found no argocd in it, so there is nothing to look at`);
  const connection = connectionTo(settings, clusterIn(values));
  const checks = await examine(connection, settings, plannedApplications(platform));
  console.log(checks.flatMap(linesOf).join("\n"));
  return checks.some(({ problems }) => problems.length > 0) ? 1 : 0;
}
