import { keyProvider } from "../../../providers/key.ts";
import type { VaultSettings } from "../../../providers/stores/store.ts";

// A process that mints keys one after the other, as Pulumi's provider process does, and says each one's id when it has it:
// that is when the engine would write its checkpoint.
const [settings = "{}", ...names] = process.argv.slice(2);
for (const name of names) {
  const keys = JSON.parse(settings) as VaultSettings;
  const { id } = await keyProvider.create({ kind: "account", name, keys });
  process.stdout.write(`${name} ${id}\n`);
}
