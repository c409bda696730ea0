import { duration, flag, listOf, strict, text, whole } from "./fields.ts";
import { dnsLabel, entityName, imageReference, labelPrefix } from "./names.ts";

/** A user's rotation holds this one and its generation, 16 bits each. */
const largestRotation = 65_535;

const image = text(imageReference).describe("Image of the controller (see Dockerfile), with a tag or a digest.");

const others = {
  namespace: text(dnsLabel)
    .exactOptional()
    .describe("The only namespace that is watched. Absent: all of the cluster's."),
  labelPrefixes: listOf(text(labelPrefix), "what label keys begin with")
    .min(1, { error: "at least one of them is needed here" })
    .default(["nats-tower.com/nats-tower-", "nats-platform/"])
    .describe("What the labels and annotations begin with that are read; a word such as account follows."),
  defaultInstallation: flag()
    .default(true)
    .describe("Objects without an installation label are this operator's. false: the label is needed."),
  accounts: listOf(text(entityName), "accounts")
    .exactOptional()
    .describe("Accounts that may be handed out. Absent: all whose allow list names the region, but never SYS."),
  takeBackFrom: listOf(text(dnsLabel), "namespaces")
    .default([])
    .describe("Namespaces that allow lists name no longer, where the controller may still delete what it handed out."),
  rotation: whole(0)
    .max(largestRotation, { error: `a whole number from 0 to ${largestRotation} is needed here` })
    .default(0)
    .describe("Raise it by one to give every discovered user of the region a new key."),
  resync: duration(1).prefault("10m").describe("How often every Secret is compared with what it should be."),
  grace: duration(0)
    .prefault("1m")
    .describe("How long a Secret stays that nothing asks for any more: a pod that is replaced finds it as it was."),
  nack: flag().default(true).describe("Serve Accounts of NACK (jetstream.nats.io/v1beta2) as well as pods."),
};

const what = "Controller that hands out credentials to pods and NACK Accounts that ask with labels. Absent: off.";

/** A region's controller for credentials by labels. */
export const discoverySchema = strict({ image, ...others }).describe(what);

/** The same as it is written: the image may stand in `defaults`. */
export const discoveryInputSchema = strict({ image: image.exactOptional(), ...others }).describe(what);
