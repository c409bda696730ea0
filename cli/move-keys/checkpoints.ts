import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Trouble } from "../../tools/project.ts";

/** Files of a folder backend that belong to one stack. */
export interface CheckpointFiles {
  /** The state as it is. */
  readonly current: string;
  /** What earlier updates left: backups, and checkpoints and settings of the history. */
  readonly earlier: readonly string[];
}

/** The files of a stack in a backend of the form `file://…`. */
export function checkpointFiles(backendUrl: string, project: string, stack: string): CheckpointFiles {
  const folder = join(fileURLToPath(backendUrl.replace(/\?.*$/, "")), ".pulumi");
  const current = join(folder, "stacks", project, `${stack}.json`);
  const beside = filesIn(dirname(current)).filter((file) => file !== current && basename(file).startsWith(`${stack}.`));
  const kept = ["backups", "history"].flatMap((kind) => filesIn(join(folder, kind, project, stack)));
  return { current, earlier: [...beside, ...kept] };
}

/**
 * The earlier files that may hold a secret which the state does not hold any more: a ciphertext that is not among those of the state.
 * Nothing is decrypted: the engine keeps the ciphertext of what does not change, and where it doesn't, a file too many is found.
 */
export function outdated({ current, earlier }: CheckpointFiles): string[] {
  const now = ciphertextsIn(readFileSync(current, "utf8"));
  if (now === undefined) throw new Trouble(`${current} can't be read as a state, so no earlier one was removed`);
  const known = new Set(now);
  return earlier.filter((file) => ciphertextsIn(readFileSync(file, "utf8"))?.every((text) => known.has(text)) !== true);
}

/** Removes files, and the attributes that a storage may keep beside each. */
export function removeFiles(files: readonly string[]): void {
  for (const file of files) for (const each of [file, `${file}.attrs`]) rmSync(each, { force: true });
}

/** Every ciphertext in a checkpoint or in the settings of an update; undefined if the text is neither. */
export function ciphertextsIn(text: string): string[] | undefined {
  try {
    return [...ciphertexts(JSON.parse(text))];
  } catch {
    return undefined;
  }
}

function* ciphertexts(value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  // `{ ciphertext: … }` in a state, `{ secure: … }` in settings.
  const { ciphertext, secure } = value as Record<string, unknown>;
  for (const found of [ciphertext, secure]) if (typeof found === "string") yield found;
  for (const item of Object.values(value)) yield* ciphertexts(item);
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name));
}
