import type { ManifestArgs } from "../target/index.ts";
import { accessName, labels, ledgerNames, names, withdrawnNames } from "./names.ts";

/** One rule of a role, by name and verb. */
export interface AccessRule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
  readonly resourceNames?: string[];
}

/** Where the controller works. */
export interface AccessArgs {
  readonly region: string;
  /** Its own namespace. */
  readonly home: string;
  /** The only namespace that it watches; absent: all. */
  readonly namespace?: string | undefined;
  /** The namespaces that can receive something; absent: any. */
  readonly receiving?: readonly string[] | undefined;
  /** Namespaces that receive nothing any more, where it may still take back what it handed out. */
  readonly takeBackFrom?: readonly string[] | undefined;
  readonly nack: boolean;
}

/** What the controller may do in one namespace, or, where that is not given, in all of them. */
export interface Access {
  readonly namespace?: string;
  readonly name: string;
  readonly rules: readonly AccessRule[];
}

/** Secrets are never listed or watched: what was handed out is recorded elsewhere. */
const writeSecrets: AccessRule = {
  apiGroups: [""],
  resources: ["secrets"],
  verbs: ["get", "create", "update", "delete"],
};

/** What is left to do where nothing is handed out any more. */
const takeSecretsBack: AccessRule = { apiGroups: [""], resources: ["secrets"], verbs: ["get", "delete"] };

/** Everything that the controller may do. */
export function accessOf({ region, home, namespace, receiving, takeBackFrom = [], nack }: AccessArgs): Access[] {
  const everywhere: AccessRule[] = [
    { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] },
    ...(nack ? [{ apiGroups: ["jetstream.nats.io"], resources: ["accounts"], verbs: ["list", "watch"] }] : []),
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  ];
  const records: Access = {
    namespace: home,
    name: names.controller,
    rules: [
      {
        apiGroups: [""],
        resources: ["configmaps"],
        verbs: ["get", "patch"],
        resourceNames: [...ledgerNames, ...withdrawnNames],
      },
    ],
  };
  const name = accessName(region);
  const left = (others: readonly string[]) =>
    [...new Set(takeBackFrom)]
      .filter((it) => !others.includes(it))
      .map((it) => ({ namespace: it, name, rules: [takeSecretsBack] }));
  if (namespace !== undefined) {
    return [records, { namespace, name, rules: [...everywhere, writeSecrets] }, ...left([namespace])];
  }
  if (receiving === undefined) return [records, { name, rules: [...everywhere, writeSecrets] }];
  // Nothing says any more where something was handed out: it may be anywhere.
  if (receiving.length + takeBackFrom.length === 0) {
    return [records, { name, rules: [...everywhere, takeSecretsBack] }];
  }
  return [
    records,
    { name, rules: everywhere },
    ...receiving.map((it) => ({ namespace: it, name, rules: [writeSecrets] })),
    ...left(receiving),
  ];
}

/** The role of an access, and its binding to the controller's service account. */
export function roleOf(access: Access, home: string) {
  const { name, namespace, rules } = access;
  const metadata = { name, labels, ...(namespace === undefined ? {} : { namespace }) };
  const subjects = [{ kind: "ServiceAccount", name: names.controller, namespace: home }];
  const kind = namespace === undefined ? "ClusterRole" : "Role";
  const role = { metadata, rules: rules.map((rule) => ({ ...rule })) } satisfies ManifestArgs["Role"];
  const binding = {
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
    subjects,
  } satisfies ManifestArgs["RoleBinding"];
  return { kind, role, binding } as const;
}
