import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stackFileSchema } from "./json-schema.ts";

// `npm run schema`: writes the JSON Schema of stack files beside this file, where their first line points editors at it.
const file = fileURLToPath(new URL("schema.json", import.meta.url));
writeFileSync(file, `${JSON.stringify(stackFileSchema(), undefined, 2)}\n`);
