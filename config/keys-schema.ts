import { z } from "zod";
import { strict, text } from "./fields.ts";
import { fileName, rolePrefix, vaultAddress, vaultPath } from "./names.ts";

/** Keys in the stack's state, as encrypted secrets. */
export interface StateKeys {
  store: "state";
}

/** Keys in a Vault (or OpenBao), of which the state knows public keys, paths and versions. */
export interface VaultKeys {
  store: "vault";
  address: string;
  /** Vault Enterprise's or OpenBao's namespace. */
  namespace?: string;
  /** The KV v2 mount. */
  mount: string;
  /** Folder in the mount, without slashes at its ends. */
  path: string;
  /** Authorities that Vault's certificate is checked against, relative to the project; otherwise VAULT_CACERT, or the system's. */
  caFile?: string;
  /** What the names of policies and roles in Vault begin with. */
  prefix: string;
  /** Operator and account signing keys are in a Transit mount. */
  transit?: { mount: string };
}

const storeFields = {
  store: z
    .enum(["state", "vault"], { error: "a store is state or vault" })
    .default("state")
    .describe("Where minted keys live. state: encrypted in the stack's state. vault: in Vault or OpenBao."),
  address: text(vaultAddress).exactOptional().describe("Address of Vault."),
  namespace: text(vaultPath).exactOptional().describe("Namespace of Vault Enterprise or OpenBao. Absent: the root's."),
  mount: text(vaultPath).exactOptional().describe("KV version 2 mount. Default: secret."),
  path: text(vaultPath).exactOptional().describe("Folder in the mount; each key has a path of its own below it."),
  caFile: text(fileName)
    .exactOptional()
    .describe(
      "PEM file, relative to the project, with the authorities that sign Vault's certificate. Absent: VAULT_CACERT, or the system's.",
    ),
  prefix: text(rolePrefix)
    .exactOptional()
    .describe("What the names of this platform's policies and roles in Vault begin with. Default: nats-platform."),
  transit: strict({
    mount: text(vaultPath).describe("Transit mount, for this platform alone."),
  })
    .exactOptional()
    .describe("Operator and account signing keys are made in Vault's Transit, which signs and never shows them."),
};

const onlyVault = ["address", "namespace", "mount", "path", "caFile", "prefix", "transit"] as const;

function storeSettings(input: z.output<z.ZodObject<typeof storeFields>>, issues: z.RefinementCtx) {
  const wrong = (path: string, message: string) => {
    issues.addIssue({ code: "custom", path: [path], message });
  };
  const { store, address, mount = "secret", path, prefix = "nats-platform", ...others } = input;
  if (store === "state") {
    for (const field of onlyVault) if (input[field] !== undefined) wrong(field, "it goes with store: vault");
    return { store } satisfies StateKeys;
  }
  if (address === undefined) wrong("address", "store: vault needs it, such as https://vault.example:8200");
  if (path === undefined) wrong("path", "store: vault needs it, such as my-team/nats");
  // External Secrets 0.20 takes a mount at the front of a path for the mount, and reads elsewhere than we write.
  if (`${path ?? ""}/`.startsWith(`${mount}/`)) {
    wrong("path", `it stands below the mount, so it must not begin with ${mount}/`);
  }
  return { ...others, store, address: address ?? "", mount, path: path ?? "", prefix } satisfies VaultKeys;
}

/** Where minted keys live, and where they lived before while they are being moved. */
export const keysSchema = strict({
  ...storeFields,
  movedFrom: strict(storeFields)
    .transform((input, issues): StateKeys | VaultKeys => storeSettings(input, issues))
    .exactOptional()
    .describe(
      "The store that keys are still in: the next update moves them, unchanged. Without it, keys never change their store.",
    ),
})
  .transform(({ movedFrom, ...input }, issues): (StateKeys | VaultKeys) & { movedFrom?: StateKeys | VaultKeys } => ({
    ...storeSettings(input, issues),
    ...(movedFrom === undefined ? {} : { movedFrom }),
  }))
  .prefault({})
  .describe("Where minted keys live.");
