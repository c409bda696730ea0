import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseRegion } from "../../../cli/local/stack.ts";
import { parsePlatform } from "../../../config/parse.ts";

const platform = parsePlatform({
  operator: { name: "test" },
  regions: {
    cluster: { target: { context: "cluster" } },
    east: { target: { render: "deploy/east" } },
    west: { target: { render: "deploy/west", secrets: "private/west" } },
  },
});

test("without a name the first region that is rendered is meant", () => {
  assert.deepEqual(chooseRegion(platform, "/project", undefined), {
    name: "east",
    rendered: { manifests: "/project/deploy/east", secrets: "/project/deploy/east-secrets" },
  });
});

test("a region is found by its name, and its Secrets where the configuration puts them", () => {
  assert.equal(chooseRegion(platform, "/project", "west").rendered.secrets, "/project/private/west");
});

for (const name of ["cluster", "north"]) {
  test(`a region that is not rendered (${name}) can't be run here, and the ones that can are named`, () => {
    assert.throws(() => chooseRegion(platform, "/project", name), {
      message: `Only a region with a render target can be run here: found ${name}, but east, west can be run`,
    });
  });
}

test("a stack whose keys are in Vault has no Secrets to run with, and the error says what can be run", () => {
  const keys = { store: "vault", address: "https://vault.example", path: "nats" };
  const inVault = parsePlatform({
    operator: { name: "o" },
    keys,
    regions: { east: { target: { render: "deploy/east" } } },
  });
  assert.throws(
    () => chooseRegion(inVault, "/project", undefined),
    /in Vault, and its Secrets exist in clusters only: .+ such as dev$/,
  );
});
