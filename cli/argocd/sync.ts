import { setTimeout as pause } from "node:timers/promises";
import { kubernetesFailure, statusOf } from "../../providers/kubernetes/failure.ts";
import { Trouble } from "../../tools/project.ts";
import type { Applications, LiveApplication } from "./application.ts";
import { fullSync, outcomeOf, type Outcome, waitingFor } from "./full-sync.ts";

const POLL_MS = 1000;

/** Asks Argo CD for a full sync of an Application, and waits until it has ended, however long the hooks take. @throws Trouble */
export async function syncApplication(
  applications: Applications,
  name: string,
  tell: (line: string) => void = () => undefined,
  pollMs = POLL_MS,
): Promise<Outcome> {
  const before = await read(applications, name);
  if (before.operation !== undefined) {
    throw new Trouble(`${name}: a sync is under way, and Argo CD does one at a time: ask again when it has ended`);
  }
  await begin(applications, before);
  let told = "";
  for (;;) {
    const now = await read(applications, name);
    const outcome = outcomeOf(now);
    if (outcome !== undefined) return outcome;
    // A closed sync window, or a controller that isn't there, keep it waiting.
    const state = waitingFor(now);
    if (state !== told) tell(`${name}: ${state}`);
    told = state;
    await pause(pollMs);
  }
}

async function read(applications: Applications, name: string): Promise<LiveApplication> {
  try {
    return await applications.read(name);
  } catch (error) {
    if (statusOf(error) === 404) throw new Trouble(`found no Application ${name} in Argo CD's namespace`);
    throw kubernetesFailure(error, "get applications.argoproj.io", `Application ${name}`);
  }
}

/**
 * The version makes sure that nobody else has begun one meanwhile. Argo CD writes the new operation as a merge over that of the last one,
 * which its own syncs take away first: a choice of objects in it would stay, and hooks would be skipped (3.2).
 */
async function begin(applications: Applications, before: LiveApplication): Promise<void> {
  const { name, resourceVersion } = before.metadata;
  try {
    await applications.patch(name, {
      metadata: { resourceVersion },
      operation: fullSync(before),
      status: { operationState: null },
    });
  } catch (error) {
    if (statusOf(error) === 409) throw new Trouble(`${name}: it has changed just now: ask again`);
    throw kubernetesFailure(error, "patch applications.argoproj.io", `Application ${name}`);
  }
}
