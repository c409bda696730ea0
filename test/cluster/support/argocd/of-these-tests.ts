import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import type { Cluster } from "../../../../tools/cluster/cluster.ts";
import { startArgocd, type Argocd, type ArgocdOptions } from "../argocd.ts";
import { placeIn } from "../external-secrets.ts";
import { makeRepository, type Files, type GitRepository } from "../git.ts";
import { fleetRepository } from "./repository.ts";

/** An Argo CD and what it deploys from. */
export interface Deploying {
  readonly argocd: Argocd;
  /** A repository whose files are {@link fleetRepository}. */
  readonly repository: GitRepository;
  /** Makes a further repository. */
  makeRepository(files: Files): Promise<GitRepository>;
}

/** An Argo CD for the tests of one `describe`, in which this is called after `clusterOfTheseTests`: on that cluster. */
export function argocdOfTheseTests(cluster: () => Cluster, options: ArgocdOptions = {}): () => Deploying {
  let deploying: Deploying | undefined;
  let folder: string | undefined;
  before(async () => {
    const place = mkdtempSync(join(tmpdir(), "nats-platform-argocd-"));
    folder = place;
    deploying = {
      repository: await makeRepository(place, fleetRepository()),
      argocd: await startArgocd(placeIn(cluster(), place), options),
      makeRepository: (files) => makeRepository(place, files),
    };
  });
  after(async () => {
    await deploying?.argocd.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (deploying === undefined) throw new Error("Argo CD has not been started");
    return deploying;
  };
}
