import { z } from "zod";
import { platformInputSchema } from "./schema.ts";

/** JSON Schema (draft 7, which editors know best) of a whole `Pulumi.<stack>.yaml`, as a person writes it. */
export function stackFileSchema(): Record<string, unknown> {
  const { $schema, ...platform } = z.toJSONSchema(platformInputSchema, { io: "input", target: "draft-7" });
  return {
    $schema,
    title: "Stack file of nats-platform",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: { "nats-platform:platform": { description: "The NATS platform of this stack.", ...platform } },
        required: ["nats-platform:platform"],
      },
    },
    required: ["config"],
  };
}
