import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { writeManifestFile } from "../../providers/manifest/file.ts";
import { renderManifest } from "../../providers/manifest/yaml.ts";
import { keyProvider, type KeyInputs } from "../../providers/key.ts";
import type { ManifestInputs } from "../../providers/manifest.ts";
import { publicIdOf } from "../../providers/material.ts";
import { signedJwtProvider, type SignedJwtInputs } from "../../providers/signed-jwt.ts";
import type { KvLocation, StateLocation, VaultSettings } from "../../providers/stores/store.ts";
import { keyPath } from "../../providers/vault/paths.ts";
import { withdrawnProvider, type WithdrawnInputs } from "../../providers/withdrawn.ts";
import { fixedKey, fixedMaterial, fixedTime } from "./fixed-keys.ts";
import { sealed, unseal } from "./secrets.ts";

/** One resource that the program registered. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** What the resource was given, secrets unwrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Paths in the inputs that were secret. */
  readonly secrets: readonly string[];
  /** Whether it stays where it is when the program makes it no more. */
  readonly retained: boolean;
  /** The Kubernetes provider that it was given, as `urn::id`; empty where it has none. */
  readonly provider: string;
}

/** How a program is to be run. */
export interface Run {
  /** Stack whose file the configuration comes from. */
  readonly stack: string;
  /** Another `nats-platform:platform` instead of the file's. */
  readonly platform?: unknown;
  /** Secret configuration values. */
  readonly secretConfig?: Readonly<Record<string, string>>;
  /** Keys that depend on their names alone, and a fixed time: for goldens. Otherwise keys are minted. */
  readonly fixed?: boolean;
}

/** The `nats-platform:platform` of a stack's file. */
export function platformOf(stack: string): Record<string, unknown> {
  const path = new URL(`../../Pulumi.${stack}.yaml`, import.meta.url);
  const file = parse(readFileSync(path, "utf8")) as { config: Record<string, Record<string, unknown>> };
  return file.config["nats-platform:platform"] ?? {};
}

let runs = 0;

/**
 * Runs the whole program under Pulumi's mocks, with our real providers behind them. Throws what the program throws.
 * Registrations come in the order in which they were made, which is not always the same.
 */
export async function runProgram(run: Run): Promise<Registration[]> {
  const registrations: Registration[] = [];
  const retained = new Set<string>();
  const config: Record<string, string> = {
    "nats-platform:platform": JSON.stringify(run.platform ?? platformOf(run.stack)),
  };
  const secretKeys = Object.entries(run.secretConfig ?? {}).map(([name, value]) => {
    config[`nats-platform:${name}`] = value;
    return `nats-platform:${name}`;
  });
  const newResource = async ({ type, name, inputs, provider }: pulumi.runtime.MockResourceArgs) => {
    const { plain, secrets } = unseal(inputs) as { plain: Record<string, unknown>; secrets: string[] };
    registrations.push({ type, name, inputs: plain, secrets, retained: retained.has(name), provider: provider ?? "" });
    return outcome(type, plain, run.fixed === true);
  };
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs as Record<string, unknown> },
    "nats-platform",
    run.stack,
    false,
  );
  pulumi.runtime.setAllConfig(config, secretKeys);
  runs += 1;
  await pulumi.runtime.runInPulumiStack(() => {
    // The mocks are not told of it.
    pulumi.runtime.registerStackTransformation(({ name, opts }) => {
      if ("retainOnDelete" in opts && opts.retainOnDelete) retained.add(name);
      return undefined;
    });
    return import(`../../index.ts?run=${String(runs)}`) as Promise<unknown>;
  });
  await settled(registrations);
  return registrations;
}

/** Waits for resources that hang on outputs of others: each registration may be followed by more. */
async function settled(registrations: readonly Registration[]): Promise<void> {
  let seen = -1;
  while (seen !== registrations.length) {
    seen = registrations.length;
    await pulumi.runtime.disconnect();
    await setImmediate();
  }
}

/** Runs the program and writes the manifests that it renders below a folder, as an update writes them below the project's. */
export async function renderStack(
  stack: string,
  folder: string,
  options: Omit<Run, "stack"> = {},
): Promise<Registration[]> {
  const registrations = await runProgram({ ...options, stack });
  for (const { path, manifest, sensitive } of manifestsOf(registrations)) {
    writeManifestFile(join(folder, path), renderManifest(manifest), { sensitive });
  }
  return registrations;
}

/** What the render targets of a run were given. */
export function manifestsOf(registrations: readonly Registration[]): ManifestInputs[] {
  return registrations
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/manifest:"))
    .map(({ inputs }) => inputs as unknown as ManifestInputs);
}

async function outcome(
  type: string,
  inputs: Record<string, unknown>,
  fixed: boolean,
): Promise<pulumi.runtime.MockResourceResult> {
  if (type === "pulumi-nodejs:dynamic/nats:Key") {
    const key = inputs as unknown as KeyInputs;
    // What Vault would answer: this ring has none, so that the keys of a Vault stack are fixed ones.
    if (key.keys.store === "vault") return { id: publicOf(key), state: { ...inputs, ...vaultKey(key) } };
    if (key.content !== undefined && fixed) return { id: publicOf(key), state: { ...inputs, ...fixedContent(key) } };
    const { id, outs } = await keyProvider.create(fixed ? { ...key, adopt: fixedKey(key) } : key);
    return { id, state: { ...outs, ...(fixed ? { mintedAt: fixedTime } : {}), location: sealed(outs?.location) } };
  }
  if (type === "pulumi-nodejs:dynamic/nats:Jwt") {
    const { signer, ...rest } = inputs as unknown as SignedJwtInputs;
    const asked = { ...rest, signer: signer.store === "vault" ? fixedSigner(signer) : signer };
    const signed = await signedJwtProvider.create(asked);
    if (!fixed || signed.outs === undefined) return { id: signed.id, state: { ...signed.outs } };
    // An update takes the later of now and one second after the last: so a far past second makes a fixed one.
    const again = await signedJwtProvider.update(signed.id, { ...signed.outs, issuedAt: fixedTime - 1 }, asked);
    return { id: signed.id, state: { ...again.outs } };
  }
  if (type === "pulumi-nodejs:dynamic/nats:Withdrawn") {
    const { id, outs } = await withdrawnProvider.create(inputs as unknown as WithdrawnInputs);
    return { id, state: { ...outs } };
  }
  return { id: `${type}-id`, state: inputs };
}

/** Not made by the provider: it would give a password a random name. */
function fixedContent(key: KeyInputs): Record<string, unknown> {
  const location = { store: "state", material: fixedKey(key) };
  return { publicId: publicOf(key), mintedAt: fixedTime, location: sealed(location) };
}

function vaultKey(key: KeyInputs): Record<string, unknown> {
  const { kind, name, keys } = key;
  const { mount, path } = keys as VaultSettings;
  const publicId = publicOf(key);
  const location = { store: "vault", mount, path: keyPath(path, name), version: 1, kind, publicId };
  return { publicId, mintedAt: fixedTime, location: sealed(location) };
}

function publicOf(key: KeyInputs): string {
  return publicIdOf(key.kind, fixedKey(key));
}

function fixedSigner({ kind, path }: KvLocation): StateLocation {
  if (kind === "content") throw new Error(`${path}: the content of a Secret signs no JWT of NATS`);
  return { store: "state", material: fixedMaterial(kind, path.slice(path.lastIndexOf("/") + 1)) };
}
