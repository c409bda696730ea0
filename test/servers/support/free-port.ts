import { choosePorts } from "../../../cli/local/ports.ts";

/** A port of the loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const [ports] = await choosePorts(1, "free");
  if (ports === undefined) throw new Error("the system has no free port left");
  return ports.client;
}
