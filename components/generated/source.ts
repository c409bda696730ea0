import * as pulumi from "@pulumi/pulumi";
import { signerOf } from "../../nats/nkeys.ts";
import { signRobotTokenNow } from "../../nats/robot-token.ts";
import { dataOfText, parseContent, seedOf, type SecretData } from "../../providers/content/content.ts";
import type { SecretSource } from "../../providers/content/source.ts";
import type { GeneratedSource } from "./generated-secret.ts";

/** The source for a provider's process, which makes the data itself. Secret, where keys are in the state. */
export function sourceOf(source: GeneratedSource): pulumi.Output<SecretSource> {
  return "content" in source
    ? pulumi.output({ from: "content" as const, content: source.content.reference })
    : pulumi.output({ from: "token" as const, token: source.token, signer: source.signer.reference });
}

/** The data itself. Only with keys in the state. */
export function dataOf(source: GeneratedSource): pulumi.Output<SecretData> {
  if ("content" in source) return source.content.material.apply((material) => parseContent(material).data);
  const { token, signer } = source;
  return signer.material.apply((material) =>
    dataOfText({ token: signRobotTokenNow(token, signerOf(seedOf(material))) }),
  );
}
