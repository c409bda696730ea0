import { signRobotToken, type RobotToken } from "../../nats/robot-token.ts";
import type { KeyReference } from "../credential.ts";
import { signerAt } from "../signers.ts";
import { open } from "../stores/keep.ts";
import { dataOfText, parseContent, type SecretData } from "./content.ts";

/** What a Secret is made of. */
export type SecretSource =
  | { readonly from: "content"; readonly content: KeyReference }
  /** A token that is signed anew in each of its windows. */
  | { readonly from: "token"; readonly token: RobotToken; readonly signer: KeyReference };

/** Makes the data of a Secret. */
export async function dataFrom(source: SecretSource): Promise<SecretData> {
  if (source.from === "content") return parseContent(await open(source.content.location)).data;
  return dataOfText({ token: await signRobotToken(source.token, await signerAt(source.signer.location)) });
}

/** All that decides what the data is, and nothing secret. */
export function requestFor(source: SecretSource): unknown {
  if (source.from === "content") return { content: source.content.publicId };
  return { token: source.token, signer: source.signer.publicId };
}
