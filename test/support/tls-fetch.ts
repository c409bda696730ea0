import { request } from "node:https";

/** A fetch that trusts one authority alone, and shows a client certificate if it has one: PEM texts. */
export function fetchWith(tls: { ca: Buffer | string; cert?: Buffer | string; key?: Buffer | string }): typeof fetch {
  return (input, { method = "GET", headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const url = input instanceof Request ? input.url : input;
      const sent = request(url, { method, headers: Object.fromEntries(new Headers(headers)), ...tls }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => {
          const text = Buffer.concat(chunks);
          // An answer without content must not be given an empty one.
          resolve(new Response(text.length === 0 ? null : text, { status: answer.statusCode ?? 0 }));
        });
      });
      sent.on("error", reject);
      sent.end(typeof body === "string" ? body : undefined);
    });
}
