import { connect } from "node:net";
import { createInterface } from "node:readline";
import { parseCreds } from "../../../nats/creds.ts";
import { signerOf } from "../../../nats/nkeys.ts";

/** A client that has subscribed and reads no more: a slow consumer as soon as enough is sent to it, and a cheap connection until then. */
export interface SilentClient {
  close(): void;
}

/** Connects to a server, subscribes, and stops reading. */
export async function startSilentClient(url: string, creds: string, subject: string): Promise<SilentClient> {
  const { jwt, seed } = parseCreds(creds);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const greeting = Promise.withResolvers<string>();
  const accepted = Promise.withResolvers<undefined>();
  createInterface(socket).on("line", (line) => {
    if (line.startsWith("INFO ")) greeting.resolve(line.slice("INFO ".length));
    if (line === "PONG") accepted.resolve(undefined);
    if (line.startsWith("-ERR")) accepted.reject(new Error(`the server refused the login: ${line}`));
  });
  // The server cuts it off in the end.
  socket.on("error", () => undefined);
  const { nonce } = JSON.parse(await greeting.promise) as { nonce: string };
  const sig = Buffer.from(signerOf(seed).sign(new TextEncoder().encode(nonce))).toString("base64url");
  const login = { jwt, sig, verbose: false, pedantic: false, lang: "test" };
  socket.write(`CONNECT ${JSON.stringify(login)}\r\nSUB ${subject} 1\r\nPING\r\n`);
  await accepted.promise;
  socket.pause();
  return {
    close: () => {
      socket.destroy();
    },
  };
}
