import { ARGOCD } from "./installation.ts";

/** What an Application by hand says beside its name. */
export interface HandWritten {
  readonly source?: object;
  readonly sources?: readonly object[];
  /** Its destination's; null: none, and then every object has to have its own. The Application's name by default. */
  readonly namespace?: string | null;
  /** Whether it syncs, prunes and heals itself. */
  readonly isAutomated?: boolean;
}

/** An Application as people write it, for the cluster beside Argo CD, in a namespace that it makes. */
export function handWritten(name: string, args: HandWritten): object {
  const { namespace = name, isAutomated = true, ...sources } = args;
  const creates = namespace === null ? [] : ["CreateNamespace=true"];
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: ARGOCD },
    spec: {
      project: "default",
      destination: { server: "https://kubernetes.default.svc", ...(namespace === null ? {} : { namespace }) },
      ...sources,
      syncPolicy: {
        ...(isAutomated ? { automated: { prune: true, selfHeal: true } } : {}),
        syncOptions: [...creates, "ServerSideApply=true"],
      },
    },
  };
}
