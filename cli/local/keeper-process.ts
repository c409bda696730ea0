// Reads process ids, one per line. The end of the input is the end of the process at its other side: then ends the others.
import { createInterface } from "node:readline";
import { identityOf, stillRuns, type ProcessIdentity } from "./identity.ts";

const watched: ProcessIdentity[] = [];

createInterface({ input: process.stdin })
  .on("line", (line) => watched.push(identityOf(Number(line))))
  .on("close", () => {
    for (const identity of watched) if (stillRuns(identity)) process.kill(identity.pid, "SIGTERM");
  });
