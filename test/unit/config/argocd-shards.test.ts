import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { plannedApplications } from "../../../config/argocd/plan.ts";
import { objectsIn, shardOf, shardsThatFit } from "../../../config/argocd/shards.ts";
import { argocdPlatform, plannedOf } from "./argocd-stack.ts";

const regionName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);
const count = fc.integer({ min: 1, max: 40 });

const FLEET = `
argocd:
  plugin: {}
  fleets:
    agents:
      mode: helmfile
      repository: team
      revision: main
      helmfile: { path: fleet, shards: 6 }
      components:
        auth: { namespace: "auth-{region}" }
        recursor: { namespace: "recursor-{region}", regions: [r1*] }
`;

/** The fleet with so many regions, all in Argo CD's own cluster. */
function withRegions(number: number, more = "{}"): string[] {
  const names = Array.from({ length: number }, (_, at) => `r${String(at)}`);
  const regions = names.map(
    (name) => `${name}: { target: { render: deploy/${name} }, argocd: { cluster: in-cluster } }`,
  );
  const fleet = `argocd: { fleets: { agents: ${more} } }`;
  return [FLEET, `argocd: { fleets: { agents: { regions: [r*] } } }\nregions: { ${regions.join(", ")} }`, fleet];
}

describe("the shard of a region", () => {
  test("is one of those that there are, always the same", () => {
    fc.assert(
      fc.property(regionName, count, (region, shards) => {
        const shard = shardOf(region, shards);
        assert.ok(Number.isInteger(shard) && shard >= 0 && shard < shards);
        assert.equal(shardOf(region, shards), shard);
      }),
    );
  });

  test("stays when there are more shards, or is one of the new ones", () => {
    fc.assert(
      fc.property(regionName, count, count, (region, before, added) => {
        const after = shardOf(region, before + added);
        assert.ok(after === shardOf(region, before) || after >= before);
      }),
    );
  });

  test("is the one that it was in an earlier version: regions don't move with an update of this program", () => {
    assert.deepEqual(
      ["eu-east", "us-west", "home", "constructor"].map((region) => shardOf(region, 7)),
      [1, 2, 1, 0],
    );
  });

  test("is none more often than others", () => {
    const counts = [0, 0, 0, 0, 0, 0];
    for (let at = 0; at < 600; at++) {
      const shard = shardOf(`region-${String(at)}`, 6);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    assert.ok(Math.min(...counts) > 70 && Math.max(...counts) < 130, String(counts));
  });
});

describe("how many shards there have to be", () => {
  const loads = (number: number) =>
    Array.from({ length: number }, (_, at) => ({ region: `r${String(at)}`, objects: 15 }));

  test("is the least number with which none is over its budget", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 8 }), (regions, inEach) => {
        const budget = 15 * inEach;
        const fullest = (shards: number) => {
          const counts = new Map<number, number>();
          for (const { region } of loads(regions))
            counts.set(shardOf(region, shards), (counts.get(shardOf(region, shards)) ?? 0) + 15);
          return Math.max(...counts.values());
        };
        const fitting = shardsThatFit(loads(regions), budget, 1, 200);
        assert.ok(fitting !== undefined && fullest(fitting) <= budget);
        for (let fewer = 1; fewer < fitting; fewer++) assert.ok(fullest(fewer) > budget);
      }),
      { numRuns: 30 },
    );
  });

  test("counts of a real region what it has", () => {
    const { agents } = argocdPlatform(...withRegions(2)).argocd.fleets;
    assert.ok(agents);
    assert.deepEqual([objectsIn(agents, "r0"), objectsIn(agents, "r1")], [15, 30]);
  });
});

describe("a helmfile fleet", () => {
  test("has each region in exactly one Application, in the order of the configuration", () => {
    const planned = Object.values(plannedOf(...withRegions(40)));
    const all = planned.flatMap(({ regions }) => regions);
    assert.equal(all.length, 40);
    assert.equal(new Set(all).size, 40);
    for (const { regions, rendering } of planned) {
      const sorted = [...regions].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
      assert.deepEqual(regions, sorted);
      assert.ok(rendering.by === "helmfile");
      assert.equal(rendering.env.REGIONS, regions.join(","));
    }
  });

  test("moves no region when another one comes", () => {
    const before = plannedOf(...withRegions(20));
    const after = plannedOf(...withRegions(21));
    const changed = Object.keys(after).filter((name) => after[name]?.regions.join() !== before[name]?.regions.join());
    assert.equal(changed.length, 1);
    const [name = ""] = changed;
    assert.deepEqual(after[name]?.regions, [...(before[name]?.regions ?? []), "r20"]);
  });

  test("has no Application for a shard without regions", () => {
    const planned = Object.values(plannedOf(...withRegions(2)));
    assert.ok(planned.length > 0 && planned.length <= 2);
    assert.ok(planned.every(({ name, regions }) => /^agents-[0-5]$/.test(name) && regions.length > 0));
  });

  test("knows the namespaces of its regions, and leaves the destination's to the objects", () => {
    const [planned] = Object.values(plannedOf(...withRegions(2, "{ helmfile: { shards: 1 } }")));
    assert.deepEqual(planned?.destination, { cluster: "in-cluster" });
    assert.deepEqual(planned.namespaces, ["auth-r0", "auth-r1", "recursor-r1"]);
    assert.deepEqual(planned.labels, { "nats-platform/fleet": "agents" });
  });

  test("prunes only where a region that goes is to be deleted", () => {
    const prune = (fleet: string) => Object.values(plannedOf(...withRegions(2, fleet)))[0]?.sync.prune;
    assert.equal(prune("{}"), false);
    assert.equal(prune("{ removal: delete }"), true);
    assert.equal(prune("{ removal: delete, sync: { prune: false } }"), false);
  });

  test("deletes nothing and takes over everything while regions move", () => {
    const moving = "{ removal: delete, helmfile: { moving: true }, sync: { prune: true } }";
    const [planned] = Object.values(plannedOf(...withRegions(2, moving)));
    assert.deepEqual([planned?.sync.prune, planned?.sync.failOnShared], [false, false]);
    // A shard that has no region any more goes, and must not take along what is about to be another one's.
    assert.equal(planned?.removal, "keep");
  });

  test("is left out where its regions are in several clusters: an Application has one", () => {
    const platform = argocdPlatform(...withRegions(2));
    const { r1, ...others } = platform.regions;
    assert.ok(r1?.argocd);
    const regions = { ...others, r1: { ...r1, argocd: { ...r1.argocd, cluster: "shared" } } };
    assert.deepEqual(plannedApplications({ ...platform, regions }), []);
  });
});
