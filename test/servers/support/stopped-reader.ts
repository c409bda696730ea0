import { connect } from "node:net";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { fromSeed } from "nkeys.js";
import { parseCreds } from "../../../nats/creds.ts";

/** A client that has subscribed and reads no more: a slow consumer as soon as enough is sent to it. */
export interface StoppedReader {
  close(): void;
}

/** Connects to a server, subscribes, and stops reading. */
export async function startStoppedReader(url: string, creds: string, subject: string): Promise<StoppedReader> {
  const { jwt, seed } = parseCreds(creds);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // The server cuts it off in the end.
  socket.on("error", () => undefined);
  const lines = createInterface(socket);
  const next = async () => ((await once(lines, "line")) as [string])[0];
  const { nonce } = JSON.parse((await next()).slice("INFO ".length)) as { nonce: string };
  const signature = fromSeed(new TextEncoder().encode(seed)).sign(new TextEncoder().encode(nonce));
  const login = {
    jwt,
    sig: Buffer.from(signature).toString("base64url"),
    verbose: false,
    pedantic: false,
    lang: "test",
  };
  socket.write(`CONNECT ${JSON.stringify(login)}\r\nSUB ${subject} 1\r\nPING\r\n`);
  while ((await next()) !== "PONG") continue;
  socket.pause();
  return {
    close: () => {
      socket.destroy();
    },
  };
}
