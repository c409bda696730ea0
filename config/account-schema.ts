import { z } from "zod";
import { CONNECTION_TYPES } from "../nats/claims/user-limits.ts";
import { CREDENTIAL_FORMATS } from "../nats/credential-fields.ts";
import { duration, flag, limit, listOf, mapOf, sizeLimit, strict, subject, text, whole, words } from "./fields.ts";
import { dnsLabel, dnsLabelGlob, dnsSubdomain, entityName, seedSource, userTag } from "./names.ts";
import { listed } from "./problem.ts";

/** `seedFrom` of an operator, account, role or user. */
export const seedFrom = text(seedSource)
  .exactOptional()
  .describe(
    "Where an existing seed is: the name of a secret configuration value; with keys in Vault, path#field below keys.mount. Absent: the key is minted.",
  );

/**
 * NATS reads "no allow list" as "everything", and as "nothing" when replies are allowed. Here both lists are always
 * explicit: a role may do what it says and nothing else; a deny list alone means "everything but".
 */
function permission(queue: boolean, verb: string) {
  const subjects = listOf(subject(queue), "subjects");
  return z
    .union(
      [
        subjects,
        strict({
          allow: subjects
            .exactOptional()
            .describe(`Subjects that the role may ${verb}. Absent: all, if there is a deny list.`),
          deny: subjects.default([]).describe(`Subjects that the role may not ${verb}, even if allowed.`),
        }),
      ],
      { error: "a list of subjects, or a map with allow and deny, is needed here" },
    )
    .transform((input) => {
      const { allow, deny } = Array.isArray(input) ? { allow: input, deny: [] } : input;
      const allowed = allow ?? (deny.length > 0 ? [">"] : []);
      return allowed.length > 0 ? { allow: allowed, deny } : { allow: [], deny: [">"] };
    });
}

const roleSchema = strict({
  publish: permission(false, "publish to")
    .prefault([])
    .describe("Subjects that the role may publish to: a list, or a map with allow and deny. Absent: none."),
  subscribe: permission(true, "subscribe to")
    .prefault([])
    .describe(
      "Subjects that the role may subscribe to, each with a queue group after a space if wanted: a list, or a map with allow and deny. Absent: none.",
    ),
  responses: strict({
    max: whole(1).default(1).describe("Replies allowed for each request."),
    ttl: duration(1).prefault("2m").describe("How long after a request the replies are allowed."),
  })
    .transform(({ max, ttl }) => ({ max, ttlSeconds: ttl }))
    .exactOptional()
    .describe("Lets the role reply to any request that it receives, whatever the reply subject. Absent: no."),
  bearer: flag()
    .default(false)
    .describe("The JWT alone is enough to sign in: no proof of the key. MQTT clients need it."),
  connectionTypes: listOf(
    z.enum(CONNECTION_TYPES, { error: `a connection type is one of ${listed(CONNECTION_TYPES, "or")}` }),
    "connection types",
  )
    .default([])
    .describe("Kinds of connections that the role may use. Empty: all."),
  limits: strict({
    subscriptions: limit().prefault(-1).describe("Subscriptions of one connection."),
    payload: sizeLimit().prefault(-1).describe("Largest message."),
    data: sizeLimit().prefault(-1).describe("Bytes that one connection may move."),
  })
    .prefault({})
    .describe("Limits of each user of the role. -1 or unlimited: none."),
  seedFrom,
});

const deliverySchema = strict({
  region: text(dnsLabel).describe("Region of this stack."),
  namespace: text(dnsLabel).describe("Namespace there. The account's allow list must allow it, and it must exist."),
  secret: text(dnsSubdomain).describe("Name of the Secret to write."),
  format: z
    .enum(CREDENTIAL_FORMATS, { error: `a format is one of ${listed(CREDENTIAL_FORMATS, "or")}` })
    .default("creds")
    .describe(
      "Form of the credentials: creds, a file as nsc writes it; jwt and nkey, the parts of one; context, for the nats CLI; password and url, for MQTT clients of a bearer role.",
    ),
  immutable: flag()
    .default(false)
    .describe(
      "Nobody can change the Secret's content in the cluster: new content means a new Secret of the same name.",
    ),
});

const userSchema = strict({
  role: text(entityName)
    .exactOptional()
    .describe("Role of the same account. Absent: the user may do everything in its account."),
  rotation: whole(0).default(0).describe("Raise it by one to give the user a new key."),
  seedFrom,
  tags: listOf(text(userTag), "tags")
    .default([])
    .describe("Tags in the user's JWT, for people and for subjects such as teams.{{tag(team)}}.>."),
  deliver: listOf(deliverySchema, "deliveries").default([]).describe("Secrets that receive the user's credentials."),
});

const allowSchema = strict({
  region: z
    .string({ error: dnsLabelGlob.allowed })
    .regex(dnsLabelGlob.pattern, { error: dnsLabelGlob.allowed })
    .describe("Region; * stands for any text."),
  namespaces: listOf(text(dnsLabelGlob), "namespace patterns").describe(
    "Namespaces there; * stands for any text, as in auth-*.",
  ),
  roles: listOf(text(entityName), "roles")
    .exactOptional()
    .describe(
      "Roles that workloads there may ask for with labels (discovery), and nothing but a role. Absent: any, or the whole account.",
    ),
});

const maxLimit = (what: string) => limit().prefault(-1).describe(`${what} -1 or unlimited: no limit.`);

/** One account. */
export const accountSchema = strict({
  description: words("a text")
    .exactOptional()
    .describe("What the account is for; it becomes part of the account's JWT."),
  seedFrom,
  jetstream: strict({
    disk: sizeLimit().prefault(0).describe("Bytes of file storage, over all servers of a region. 0: no file storage."),
    memory: sizeLimit().prefault(0).describe("Bytes of memory storage, over all servers. 0: no memory storage."),
    streams: maxLimit("Streams."),
    consumers: maxLimit("Consumers."),
  })
    .exactOptional()
    .describe("JetStream for the account. Absent: off."),
  limits: strict({
    connections: maxLimit("Client connections."),
    leafnodes: maxLimit("Leaf node connections."),
    subscriptions: maxLimit("Subscriptions."),
    payload: sizeLimit().prefault(-1).describe("Largest message. -1 or unlimited: what the server allows."),
    data: sizeLimit().prefault(-1).describe("Bytes that one connection may move. -1 or unlimited: no limit."),
    imports: maxLimit("Imports from other accounts."),
    exports: maxLimit("Exports to other accounts."),
  })
    .prefault({})
    .describe("Limits of the whole account."),
  roles: mapOf(entityName, roleSchema.describe("One role: a scoped signing key with its permissions."), "roles")
    .default({})
    .describe("Roles by name. A role is a scoped signing key: its permissions stand in the account's JWT."),
  users: mapOf(entityName, userSchema.describe("One user."), "users").default({}).describe("Users by name."),
  allow: listOf(allowSchema.describe("One region and namespaces in it."), "regions and namespaces")
    .default([])
    .describe("Who may receive credentials of this account. Empty: nobody."),
});
