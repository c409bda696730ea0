import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { stringify } from "yaml";
import { decodeJwt } from "../../nats/jwt.ts";
import { fixedMaterial } from "../support/fixed-keys.ts";
import { runProgram, type Registration } from "../support/program.ts";

// What each stack consists of, for people to review: a change of a golden is a change of somebody's platform.
// `npm run test:unit -- --update-goldens` is not there on purpose; NATS_PLATFORM_UPDATE_GOLDENS=1 writes them anew.
for (const stack of ["dev", "prod"]) {
  test(`the ${stack} stack is what its golden says, resource by resource`, async () => {
    const registrations = await runProgram({ stack, fixed: true });
    const found = stringify(readable(registrations), {
      lineWidth: 0,
      sortMapEntries: true,
      aliasDuplicateObjects: false,
    });
    const golden = new URL(`golden/${stack}.yaml`, import.meta.url);
    if (process.env.NATS_PLATFORM_UPDATE_GOLDENS === "1") writeFileSync(golden, found);
    assert.equal(found, readFileSync(golden, "utf8"));
  });
}

test("two runs of a program with the same keys ask for the same resources, to the byte", async () => {
  const first = readable(await runProgram({ stack: "dev", fixed: true }));
  assert.deepEqual(readable(await runProgram({ stack: "dev", fixed: true })), first);
});

/** Registrations by type and name, with JWTs and key material replaced by words. */
function readable(registrations: readonly Registration[]): Record<string, unknown> {
  const passwords = registrations
    .filter(({ inputs }) => inputs.kind === "password")
    .map(({ name }) => [fixedMaterial("password", name), `<password ${name}>`] as const);
  const words = (text: string) =>
    passwords
      .reduce((known, [password, word]) => known.replaceAll(password, word), text)
      .replace(
        /eyJ[\w-]+\.[\w-]+\.[\w-]+/g,
        (jwt) => `<JWT of ${decodeJwt(jwt).type} ${String(decodeJwt(jwt).claims.name)}>`,
      )
      .replace(/\bS[AOU][A-Z2-7]{56}\b/g, "<seed>");
  const plain = (value: unknown): unknown => {
    if (typeof value === "string") return words(value);
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  };
  const entries = registrations.map(({ type, name, inputs: { __provider, signer, ...inputs }, secrets, provider }) => {
    const marks = {
      ...(secrets.length === 0 ? {} : { "(secret)": [...secrets].sort() }),
      ...(provider === "" ? {} : { "(provider)": provider }),
    };
    return [`${type} ${name}`, { ...(plain(inputs) as object), ...marks }] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
