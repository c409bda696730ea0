import type { DebianProgram } from "./debian.ts";
import type { ToolName } from "./ensure.ts";
import { Trouble } from "./project.ts";

/** A folder under test/ whose tests need the same things of the world. */
export interface Ring {
  readonly name: string;
  readonly needs: readonly ToolName[];
  /** Programs that come from the distribution. */
  readonly programs?: readonly DebianProgram[];
  /** How many test files run at once; undefined leaves it to Node (one less than there are cores). */
  readonly filesAtOnce?: number;
  /** A single test that takes longer has failed. */
  readonly testTimeoutMinutes: number;
}

/** Brokers and monitoring that our servers are tried with, and what makes certificates for them. */
const besideServers: readonly DebianProgram[] = [
  ["mosquitto", "mosquitto"],
  ["mosquitto_pub", "mosquitto-clients"],
  ["prometheus", "prometheus"],
  ["promtool", "prometheus"],
  ["amtool", "prometheus-alertmanager"],
  ["openssl", "openssl"],
];

/** A bridge's broker and its clients, of which the ring makes an image. */
const inPods: readonly DebianProgram[] = [
  ["/usr/sbin/mosquitto", "mosquitto"],
  ["/usr/bin/mosquitto_pub", "mosquitto-clients"],
];

/** What Argo CD keeps its cache in, what its repositories are made with, and both ends of SSH. */
const besideArgocd: readonly DebianProgram[] = [
  ["redis-server", "redis-server"],
  ["git", "git"],
  ["ssh", "openssh-client"],
  ["/usr/sbin/sshd", "openssh-server"],
];

/** The rings, from the inside out. Each is run after the one before, while the tools of the later ones are built. */
export const RINGS: readonly Ring[] = [
  { name: "unit", needs: [], testTimeoutMinutes: 5 },
  // Clusters of servers and engines keep the cores busy themselves, and time out when they get too little of them.
  {
    name: "servers",
    needs: ["nats", "nats-before", "exporter", "vault"],
    programs: besideServers,
    filesAtOnce: 1,
    testTimeoutMinutes: 15,
  },
  {
    name: "engine",
    needs: ["nats", "vault", "engine", "vault-provider"],
    filesAtOnce: 1,
    testTimeoutMinutes: 45,
  },
  {
    name: "cluster",
    needs: [
      "nats",
      "exporter",
      "vault",
      "engine",
      "vault-provider",
      "kubernetes-provider",
      "kubernetes",
      "etcd",
      "coredns",
      "kube-router",
      "external-secrets",
      "argocd",
      "helmfile",
    ],
    programs: [...inPods, ...besideArgocd],
    filesAtOnce: 1,
    testTimeoutMinutes: 15,
  },
];

/** The static checks, which run before the rings. */
export const CHECKS = "checks";

/** What `npm test` was asked to do. */
export interface Selection {
  readonly hasChecks: boolean;
  readonly rings: readonly Ring[];
  /** Further arguments for `node --test`: options, or files to run instead of the whole ring. */
  readonly options: readonly string[];
  readonly files: readonly string[];
}

/** Reads the arguments of `npm test`: names of rings (none: all, and the checks), then what goes to `node --test`. */
export function select(args: readonly string[]): Selection {
  const end = args.findIndex((argument) => argument.startsWith("-") || argument.includes("/"));
  const names = end === -1 ? args : args.slice(0, end);
  const rest = end === -1 ? [] : args.slice(end);
  const allowed = [CHECKS, ...RINGS.map((ring) => ring.name)];
  const wrong = names.find((name) => !allowed.includes(name));
  if (wrong !== undefined)
    throw new Trouble(`found ring ${JSON.stringify(wrong)}, but the rings are ${allowed.join(", ")}`);
  return {
    hasChecks: names.length === 0 || names.includes(CHECKS),
    rings: names.length === 0 ? RINGS : RINGS.filter((ring) => names.includes(ring.name)),
    options: rest.filter((argument) => argument.startsWith("-")),
    files: rest.filter((argument) => !argument.startsWith("-")),
  };
}
