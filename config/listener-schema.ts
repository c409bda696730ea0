import { z } from "zod";
import { duration, strict, text } from "./fields.ts";
import { dnsSubdomain } from "./names.ts";

/** The servers run without the right to open ports below 1024, which not every container runtime gives to all. */
const portAllowed = "a port from 1024 to 65535 is needed here";

/** MQTT counts the messages in flight in 16 bits. */
const ackPendingAllowed = "a whole number from 1 to 65535 is needed here";

function certificate(of: string) {
  return strict({
    secret: text(dnsSubdomain).describe(
      "Secret of type kubernetes.io/tls in the servers' namespace, with tls.crt and tls.key, as cert-manager makes it.",
    ),
  })
    .exactOptional()
    .describe(`TLS for ${of}. Absent: none.`);
}

/** What NATS clients are met with. */
export const clientTlsSchema = certificate("NATS clients");

/** A port for MQTT clients on every server. */
export const mqttSchema = strict({
  port: z
    .int({ error: portAllowed })
    .min(1024, { error: portAllowed })
    .max(65_535, { error: portAllowed })
    .default(1883)
    .describe("Port of the servers and of their Service."),
  tls: certificate("MQTT clients, from the first byte on"),
  ackWait: duration(1)
    .exactOptional()
    .describe("Time after which a message with QoS 1 or 2 is sent again. Absent: the server's 30s."),
  maxAckPending: z
    .int({ error: ackPendingAllowed })
    .min(1, { error: ackPendingAllowed })
    .max(65_535, { error: ackPendingAllowed })
    .exactOptional()
    .describe("Messages with QoS 1 or 2 that a subscription may leave unacknowledged. Absent: the server's 1024."),
  replicas: z
    .literal([1, 3, 5], { error: "a stream has 1, 3 or 5 replicas" })
    .exactOptional()
    .describe("Replicas of the streams that hold sessions and messages. Absent: 3, or 1 where there is one server."),
})
  .exactOptional()
  .describe("MQTT 3.1.1 for bearers, on every server. Absent: none.");
