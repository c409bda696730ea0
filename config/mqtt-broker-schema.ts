import { z } from "zod";
import { duration, flag, listOf, mapOf, size, strict, text, whole, words } from "./fields.ts";
import { configField } from "./mqtt-names.ts";
import { dnsSubdomain, imageReference, labelKey, labelValue } from "./names.ts";
import { cpu, storageClass, tolerationSchema } from "./pod-fields.ts";
import { listed } from "./problem.ts";

const mebibyte = 2 ** 20;

const HOUR = 3600;

/** Ten years. The seconds of more than 136 do not fit in what Mosquitto counts them with. */
const LONGEST_SESSION = 3650 * 24 * HOUR;

/** Mosquitto 2.0 reads 2147483648 as no limit at all, and 4294967297 as one. */
const MOST_MESSAGES = 2 ** 31 - 1;

const wholeHours = { error: "whole hours are needed here, such as 36h or 14d: Mosquitto has nothing finer" };

const LOG_TYPES = ["error", "warning", "notice", "information", "subscribe", "unsubscribe", "debug"] as const;

const port = (standard: number, what: string) =>
  whole(1024)
    .max(65_535, { error: "a port here is a number from 1024 to 65535: the broker is not root" })
    .default(standard)
    .describe(what);

const secretName = text(dnsSubdomain).describe("Secret with tls.crt and tls.key, such as cert-manager makes.");

const tls = strict({ secret: secretName }).exactOptional().describe("TLS. Absent: none.");

/** Where a file is. */
export const inObject = (key: string) => ({
  configMap: text(dnsSubdomain).exactOptional().describe("ConfigMap that holds it."),
  secret: text(dnsSubdomain).exactOptional().describe("Secret that holds it."),
  key: text(configField).default(key).describe("Its key there."),
});

/** Exactly one of these fields says where a file is. */
export function oneSource<Field extends string>(fields: readonly Field[]) {
  return (input: Partial<Record<Field, unknown>>, issues: z.RefinementCtx) => {
    const count = fields.filter((field) => input[field] !== undefined).length;
    if (count !== 1)
      issues.addIssue({ code: "custom", message: `exactly one of ${listed(fields, "and")} is needed in it` });
  };
}

/** A Mosquitto broker. */
export const brokerSchema = strict({
  image: text(imageReference)
    .default("eclipse-mosquitto:2.0.22")
    .describe("Image of Mosquitto 2.0, with a tag or a digest."),
  persistence: strict({
    size: size(mebibyte).prefault("1Gi").describe("Size of the volume."),
    storageClass,
  })
    .exactOptional()
    .describe("Volume for sessions, retained messages and what waits. Absent: a restart forgets them."),
  listeners: strict({
    mqtt: strict({ port: port(1883, "Port."), tls })
      .prefault({})
      .describe("MQTT over TCP."),
    websockets: strict({ port: port(9001, "Port."), tls })
      .exactOptional()
      .describe("MQTT over websockets. Absent: none."),
  })
    .prefault({})
    .describe("Where the broker's own clients connect to."),
  anonymous: flag().default(false).describe("Clients need no password."),
  passwords: strict({
    secret: text(dnsSubdomain).describe("Secret that holds it."),
    key: text(configField).default("passwords").describe("Its key there."),
  })
    .exactOptional()
    .describe("Password file of mosquitto_passwd. Needed unless anonymous."),
  acl: strict(inObject("acl"))
    .superRefine(oneSource(["configMap", "secret"]))
    .exactOptional()
    .describe("ACL file of Mosquitto. Absent: everybody may do everything."),
  sessionExpiry: duration(HOUR, LONGEST_SESSION)
    .refine((seconds) => seconds % HOUR === 0, wholeHours)
    .exactOptional()
    .describe(
      "How long a client that is away keeps its session, and what waits for it, such as 14d; the bridge keeps its own. Absent: for ever.",
    ),
  maxQueuedMessages: whole(1)
    .max(MOST_MESSAGES, { error: `a whole number from 1 to ${String(MOST_MESSAGES)} is needed here` })
    .default(100_000)
    .describe(
      "Messages with QoS 1 and 2 that wait for each client that is away, the bridge among them; more are lost.",
    ),
  maxMessageSize: size(1)
    .exactOptional()
    .describe("Largest message that the broker takes, whoever it is for. Absent: the largest that NATS takes."),
  service: strict({
    type: z
      .enum(["ClusterIP", "LoadBalancer", "NodePort"], { error: "a type is ClusterIP, LoadBalancer or NodePort" })
      .default("ClusterIP")
      .describe("Who reaches it: pods, or others as well."),
    annotations: mapOf(labelKey, words("a text"), "annotations")
      .default({})
      .describe("Annotations, such as a load balancer's."),
  })
    .prefault({})
    .describe("The broker's Service."),
  allowFrom: listOf(mapOf(labelKey, text(labelValue), "labels"), "labels of namespaces")
    .min(1, { error: "at least one of them is needed here; leave it out, and all may connect" })
    .exactOptional()
    .describe("Labels of the namespaces whose pods may connect, each a map. Absent: everybody may."),
  resources: strict({
    requests: strict({
      cpu: cpu().prefault("50m").describe("Cores, such as 2 or 500m."),
      memory: size(mebibyte).prefault("32Mi").describe("Memory."),
    })
      .prefault({})
      .describe("What the broker is sure to get."),
    limits: strict({
      cpu: cpu().exactOptional().describe("Cores, such as 2 or 500m. Absent: no limit."),
      memory: size(16 * mebibyte)
        .prefault("256Mi")
        .describe("Memory."),
    })
      .prefault({})
      .describe("What the broker gets at most."),
  })
    .prefault({})
    .describe("CPU and memory of the broker."),
  nodeSelector: mapOf(labelKey, text(labelValue), "labels").default({}).describe("Labels that a node must have."),
  tolerations: listOf(tolerationSchema.describe("One toleration."), "tolerations")
    .default([])
    .describe("Taints that the broker tolerates."),
  logTypes: listOf(z.enum(LOG_TYPES, { error: `a log type is one of ${listed(LOG_TYPES, "or")}` }), "log types")
    .exactOptional()
    .describe("What is logged. Absent: what Mosquitto logs by itself."),
});
