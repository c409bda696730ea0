import { z } from "zod";
import { platformInputSchema } from "./schema.ts";
import { vaultSetupSchema } from "./vault-setup-schema.ts";

/** JSON Schema (draft 7, which editors know best) of a whole `Pulumi.<stack>.yaml`, as a person writes it. */
export function stackFileSchema(): Record<string, unknown> {
  const { $schema, ...platform } = asWritten(platformInputSchema);
  const vault = asWritten(vaultSetupSchema);
  delete vault.$schema;
  return {
    $schema,
    title: "Stack file of nats-platform",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          "nats-platform:platform": { description: "The NATS platform of this stack.", ...platform },
          "nats-platform:vault": { description: "The set-up of the Vault of another stack's platform.", ...vault },
        },
        oneOf: [{ required: ["nats-platform:platform"] }, { required: ["nats-platform:vault"] }],
      },
    },
    required: ["config"],
  };
}

function asWritten(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: "input", target: "draft-7" });
}
