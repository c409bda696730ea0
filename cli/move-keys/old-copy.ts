import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import type { VaultSettings } from "../../providers/stores/store.ts";
import { accessOf } from "../../providers/stores/store.ts";
import { publicIdOf } from "../../providers/material.ts";
import { vaultAt } from "../../providers/vault/client.ts";
import { readSecret, type KvPlace } from "../../providers/vault/kv.ts";
import { keyPath } from "../../providers/vault/paths.ts";
import { PROJECT, Trouble } from "../../tools/project.ts";
import type { Session } from "../../tools/session.ts";
import { checkpointFiles, outdated, removeFiles } from "./checkpoints.ts";
import { inParallel } from "./in-parallel.ts";
import type { Plan } from "./plan.ts";
import type { State } from "./state.ts";
import { listed, stepsOf } from "./update.ts";

/** What shows a secret of whomever: an nkey's seed, and the head of a creds file. */
const SECRET = /S[OAUNCX][A-Z2-7]{56}|BEGIN USER NKEY SEED/;

/**
 * Makes sure that the whole stack has followed its keys: nothing is left to do, and no resource holds what is to be removed.
 * @throws Trouble
 */
export async function assertStackFollowed(
  session: Session,
  { from }: Plan,
  state: State,
  materials: readonly string[],
): Promise<void> {
  const next = `Run \`npm run up -- --stack ${session.stack}\` first; no old copy was removed.`;
  const steps = await stepsOf(session);
  if (steps.length > 0) throw new Trouble(`the stack has not followed its keys yet:\n${listed(steps)}\n${next}`);
  const holds = from.store === "state" ? holdsSecrets(materials) : pointsToVault;
  const holders = state.others.filter(({ inputs, outputs }) => holds({ inputs, outputs }));
  const names = holders.map(({ urn }) => urn.split("::").at(-1)).join(", ");
  if (holders.length > 0) throw new Trouble(`these resources still use the old copy of keys: ${names}. ${next}`);
}

/** Removes the checkpoints of earlier updates that hold keys. @returns what was done, for people */
export function removeFromState({ backend, stack }: Session): string[] {
  // Only where the backend is the folder that our tools chose: other people's storage is theirs.
  const url = backend.env.PULUMI_BACKEND_URL;
  if (url === undefined) return elsewhere(backend.url ?? "the backend that pulumi is logged in to", stack);
  const files = checkpointFiles(url, projectName(), stack.split("/").at(-1) ?? stack);
  const old = outdated(files);
  removeFiles(old);
  return [
    `${old.length} of ${files.earlier.length} files of earlier updates could hold keys, and were removed:`,
    ...old.map((file) => `  ${relative(PROJECT, file)}`),
    "Copies of this folder elsewhere (backups of the machine) still have them.",
  ];
}

/** Removes the keys' paths from the Vault that they came from. @returns what was done, for people */
export async function removeFromVault({ keys }: Plan, from: VaultSettings): Promise<string[]> {
  const vault = accessOf(from);
  const places = keys.map(({ key }) => ({
    key,
    place: { vault, mount: from.mount, path: keyPath(from.path, key.name) } satisfies KvPlace,
  }));
  // All of them are looked at before the first is removed.
  const others: string[] = [];
  const there: KvPlace[] = [];
  await inParallel(places, async ({ key, place }) => {
    const found = await readSecret(place);
    if (found.is !== "absent") there.push(place);
    if (found.is !== "present") return;
    const { material } = found.data;
    const publicId = typeof material === "string" ? idOf(key.kind, material) : undefined;
    if (publicId !== key.publicId)
      others.push(`${place.mount}/${place.path}: found ${publicId ?? "no key"}, but the state has ${key.publicId}`);
  });
  if (others.length > 0) {
    throw new Trouble(
      `Vault has other keys than the state, so none was removed:\n  ${others.sort().join("\n  ")}\nSee whose they are, and move them away.`,
    );
  }
  await inParallel(there, (place) => removePath(place, from));
  const folder = `${from.mount}/${from.path}/keys`;
  return [`${there.length} of ${places.length} keys were in ${folder}, and were removed with all of their versions.`];
}

async function removePath({ vault, mount, path }: KvPlace, from: VaultSettings): Promise<void> {
  const { status, errors } = await vaultAt(vault).request({
    method: "DELETE",
    path: `${mount}/metadata/${path}`,
    needs: { path: `${mount}/metadata/${from.path}/keys/*`, capabilities: ["delete"] },
  });
  if (status >= 300 && status !== 404) {
    throw new Trouble(
      `Vault at ${vault.address}: ${mount}/${path} can't be removed: status ${status} ${errors.join("; ")}`,
    );
  }
}

function idOf(kind: Parameters<typeof publicIdOf>[0], material: string): string | undefined {
  try {
    return publicIdOf(kind, material);
  } catch {
    return undefined;
  }
}

function holdsSecrets(materials: readonly string[]): (value: unknown) => boolean {
  return (value) => {
    const text = JSON.stringify(value);
    return SECRET.test(text) || materials.some((material) => text.includes(material));
  };
}

/** Whether anything in a value is the location of a key in a Vault. */
function pointsToVault(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { store, mount } = value as Record<string, unknown>;
  if ((store === "vault" || store === "transit") && typeof mount === "string") return true;
  return Object.values(value).some(pointsToVault);
}

function elsewhere(url: string, stack: string): string[] {
  return [
    `Earlier checkpoints still hold the keys, encrypted. They are in ${url}, which is not for this command to clear:`,
    ...(url.startsWith("http")
      ? [`  the history of stack ${stack} (pulumi stack history): whoever runs the service can remove its versions.`]
      : [
          `  .pulumi/backups/${projectName()}/${stack} and .pulumi/history/${projectName()}/${stack}: every file older than the last update;`,
          `  .pulumi/stacks/${projectName()}/${stack}.json.bak; and earlier versions of these objects, where the storage keeps versions.`,
        ]),
  ];
}

function projectName(): string {
  return (parse(readFileSync(join(PROJECT, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}
