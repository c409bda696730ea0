import { startSwitch, type Switch } from "./switch.ts";
import type { WatchedPod } from "./watched-region.ts";

/** What lies between the servers of a region: by nothing else do they reach each other. */
export interface Ways {
  /** Cuts one server off from all others, or from one of them. */
  cut(pod: string, from?: string): void;
  mend(): void;
  close(): Promise<void>;
}

/** A way from one server to the cluster port of another. */
interface Way {
  readonly ends: readonly [string, string];
  readonly to: number;
  readonly way: Switch;
}

/** Starts each server again with ways of its own to the others. Clients and exporters go on to reach it as before. */
export async function layWays(pods: readonly WatchedPod[]): Promise<Ways> {
  const ways: Way[] = [];
  for (const pod of pods) {
    const own: Way[] = [];
    for (const other of pods.filter((it) => it !== pod)) {
      const to = other.server.place.ports.cluster;
      own.push({ ends: [pod.name, other.name], to, way: await startSwitch(to) });
    }
    ways.push(...own);
    await pod.killServer();
    await pod.restore({ rewrite: (text) => withoutAddress(own.reduce(through, text)) });
  }
  const between = (pod: string, other?: string) =>
    ways.filter(({ ends }) => ends.includes(pod) && (other === undefined || ends.includes(other)));
  return {
    cut: (pod, from) => {
      for (const { way } of between(pod, from)) way.cut();
    },
    mend: () => {
      for (const { way } of ways) way.mend();
    },
    close: async () => {
      await Promise.all(ways.map(({ way }) => way.close()));
    },
  };
}

function through(text: string, { to, way }: Way): string {
  return text.replaceAll(`127.0.0.1:${String(to)}`, `127.0.0.1:${String(way.port)}`);
}

/** Servers tell each other where the others are: it is a place at which nobody is, so that they go by the ways of their configuration. */
function withoutAddress(text: string): string {
  return text.replace(/^cluster \{$/m, 'cluster {\n  advertise: "127.0.0.1:1"');
}
