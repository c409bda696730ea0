import { parseArgs } from "node:util";
import { Trouble } from "../../tools/project.ts";

/** A cluster, as a person names it. */
export interface NamedCluster {
  /** A context of the kubeconfig. Absent: what the stack says of Argo CD's cluster, or kubectl's current one. */
  readonly context?: string;
  readonly kubeconfig?: string;
}

/** What `argocd` is asked for. */
export type ArgocdArguments = { readonly stack: string } & (
  | { readonly command: "values" }
  | ({ readonly command: "patch" } & NamedCluster)
  | ({ readonly command: "sync"; readonly application: string } & NamedCluster)
);

const usage = [
  "usage: npm run cli -- argocd values --stack STACK",
  "       npm run cli -- argocd patch --stack STACK [--context CONTEXT] [--kubeconfig FILE]",
  "       npm run cli -- argocd sync APPLICATION --stack STACK [--context CONTEXT] [--kubeconfig FILE]",
].join("\n");

/** Reads the arguments. @throws Trouble */
export function readArguments(args: readonly string[]): ArgocdArguments {
  const { positionals, values } = parsed(args, usage);
  const [command, application, ...rest] = positionals;
  const wrong = (problem: string) => new Trouble(`${problem}\n${usage}`);
  if (command !== "values" && command !== "patch" && command !== "sync") {
    throw wrong(`found ${command ?? "no command"}, but it is values, patch or sync`);
  }
  const stack = stackIn(values, usage);
  if (rest.length > 0) throw wrong(`found ${rest.join(" ")}, but there is no place for it`);
  if (command === "sync") {
    if (application === undefined) throw wrong("found no Application, but sync needs the name of one");
    return { command, application, stack, ...clusterIn(values) };
  }
  if (application !== undefined) throw wrong(`found ${application}, but ${command} takes no name`);
  if (command === "patch") return { command, stack, ...clusterIn(values) };
  if (Object.keys(clusterIn(values)).length > 0) throw wrong(`found a cluster, but ${command} asks none`);
  return { command, stack };
}

/** Options that commands around Argo CD share. @throws Trouble */
export function parsed(args: readonly string[], usageOfCommand: string) {
  const text = { type: "string" } as const;
  const options = { stack: { type: "string", short: "s" }, context: text, kubeconfig: text } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Trouble(`${(error as Error).message}\n${usageOfCommand}`);
  }
}

/** The stack that was named. @throws Trouble */
export function stackIn({ stack }: { stack?: string | undefined }, usageOfCommand: string): string {
  if (stack === undefined || stack === "")
    throw new Trouble(`found no --stack, but the stack has to be named\n${usageOfCommand}`);
  return stack;
}

/** The cluster that was named, as far as it was. */
export function clusterIn({ context, kubeconfig }: { [Key in keyof NamedCluster]?: string | undefined }): NamedCluster {
  return { ...(context === undefined ? {} : { context }), ...(kubeconfig === undefined ? {} : { kubeconfig }) };
}
