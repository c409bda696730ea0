import { readFileSync } from "node:fs";
import { processesIn } from "./scratch.ts";

/** Who dies: the engine alone, everything in the process group of the command, or everything that works in the folder. */
export type Victims = "engine" | "group" | "everything";

/** Kills an update on the spot; where no engine runs yet or any more, the command itself. What has ended already is no error. */
export function killUpdate(pid: number, folder: string, victims: Victims): void {
  const engines = victims === "engine" ? enginesIn(folder) : [];
  const others = victims === "everything" ? processesIn(folder) : [];
  for (const target of engines.length > 0 ? engines : [-pid, ...others]) {
    try {
      process.kill(target, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Ids of the `pulumi` processes that work in a folder. */
export function enginesIn(folder: string): number[] {
  return processesIn(folder).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "pulumi";
    } catch {
      return false;
    }
  });
}
