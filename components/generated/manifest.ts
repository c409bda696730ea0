import type { ManifestArgs } from "../target/index.ts";
import type { GeneratedSecret } from "./generated-secret.ts";
import { dataOf } from "./source.ts";

/** A generated Secret as a manifest. Only with keys in the state. */
export function manifestOf(secret: GeneratedSecret): ManifestArgs["Secret"] {
  const { namespace, secretName, labels, marks, annotations, immutable, source } = secret;
  return {
    metadata: { name: secretName, namespace, labels: { ...labels, ...marks }, annotations },
    ...(immutable ? { immutable } : {}),
    data: dataOf(source),
  };
}
