import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Ends servers whose owner is gone. */
export interface Keeper {
  /** Has one more process ended when this one is gone. */
  watch(pid: number): void;
  dismiss(): Promise<void>;
}

/**
 * Starts a small process that ends servers when this one is gone, also when it was killed outright: the pipe between them
 * breaks then.
 */
export function startKeeper(): Keeper {
  const script = fileURLToPath(new URL("./keeper-process.ts", import.meta.url));
  // A session of its own: a signal to everything in this terminal does not reach it.
  const keeper = spawn(process.execPath, [script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  const ended = new Promise<void>((resolve) => {
    keeper.once("close", () => {
      resolve();
    });
    keeper.once("error", () => {
      resolve();
    });
  });
  // Without a keeper the servers still run; the next start ends what is left behind.
  keeper.stdin.on("error", () => undefined);
  return {
    watch: (pid) => {
      keeper.stdin.write(`${String(pid)}\n`);
    },
    dismiss: async () => {
      keeper.kill("SIGKILL");
      await ended;
    },
  };
}
