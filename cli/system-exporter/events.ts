import { z } from "zod";

/** What somebody was refused, or lost, a connection with. Neither names nor addresses: they have no place in a label. */
export interface ConnectionEvent {
  /** Name of the server. */
  readonly server: string;
  /** Name of the server's cluster; undefined where it is in none. */
  readonly cluster: string | undefined;
  /** One connection for ever: a server has a new id after each start, and numbers its connections. */
  readonly connection: string;
  readonly clientType: ClientType;
  /** Why the connection has ended, in the server's words. */
  readonly reason: string;
}

/** How a client speaks to a server. */
export type ClientType = (typeof clientTypes)[number] | "other";

const clientTypes = ["nats", "mqtt", "websocket", "leafnode", "router", "gateway"] as const;

/** Ends of a connection that are counted, by the server's words for them. */
export const countedReasons: Readonly<Record<string, "expired" | "revoked">> = {
  "Authentication Expired": "expired",
  "Credentials Revoked": "revoked",
};

const eventSchema = z.looseObject({
  server: z.looseObject({ id: z.string(), name: z.string(), cluster: z.string().optional() }),
  client: z.looseObject({
    id: z.number(),
    client_type: z.string().optional(),
    // Leaf nodes and other servers have no client_type, and a kind instead.
    kind: z.string().optional(),
  }),
  reason: z.string().default(""),
});

/** Reads an event of a connection that has ended; undefined where it is none. */
export function connectionEvent(text: string): ConnectionEvent | undefined {
  const { success, data } = eventSchema.safeParse(parsedJson(text));
  if (!success) return undefined;
  const { server, client, reason } = data;
  return {
    server: server.name,
    cluster: server.cluster,
    connection: `${server.id} ${String(client.id)}`,
    clientType: clientTypeOf(client.client_type ?? client.kind?.toLowerCase()),
    reason,
  };
}

function clientTypeOf(word: string | undefined): ClientType {
  return clientTypes.find((type) => type === word) ?? "other";
}

/** JSON that may be none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
