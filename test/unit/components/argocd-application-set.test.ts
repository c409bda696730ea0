import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applicationSet } from "../../../components/argocd/application-set.ts";
import { application } from "../../../components/argocd/application.ts";
import type { ApplicationSetArgs } from "../../../components/target/argo-cd.ts";
import { plannedApplications } from "../../../config/argocd/plan.ts";
import { merge } from "../../../config/merge.ts";
import { manifestsOf, runProgram } from "../../support/program.ts";
import { AGENTS, argocdInput, argocdPlatform } from "../config/argocd-stack.ts";

const SET = "argocd: { progressiveSyncs: true, fleets: { agents: { mode: applicationSet } } }";

function madeSet(...yaml: readonly string[]) {
  return madeFrom(AGENTS, SET, ...yaml);
}

function madeFrom(...yaml: readonly string[]) {
  const platform = argocdPlatform(...yaml);
  const { agents } = platform.argocd.fleets;
  assert.ok(agents);
  const planned = plannedApplications(platform);
  return { set: applicationSet("agents", agents, planned, platform.argocd), planned, argocd: platform.argocd };
}

function fleet(settings: string): string {
  return `argocd: { fleets: { agents: ${settings} } }`;
}

/** The Applications of a set, as its controller makes them: it fills in the template's texts, and merges the patch over that. */
function expanded({ spec }: Pick<ApplicationSetArgs, "spec">): unknown[] {
  assert.equal(spec.templatePatch, "{{ toJson .patch }}");
  return spec.generators.flatMap(({ list }) =>
    list.elements.map((element) => {
      const filled = JSON.stringify(spec.template).replaceAll(/\{\{ (.*?) \}\}/g, (_, action: string) => {
        if (action === String.raw`\"{{\"`) return "{{";
        const value = element[action.replace(/^\./, "")];
        assert.ok(action.startsWith(".") && typeof value === "string", `${action} is a text of the element`);
        return value;
      });
      return merge(JSON.parse(filled) as unknown, element.patch);
    }),
  );
}

describe("the Applications of an ApplicationSet are those that the program would make", () => {
  const same = (...yaml: readonly string[]) => {
    const { set, planned, argocd } = madeSet(...yaml);
    const expected = planned.map((it) => {
      const { metadata, spec } = application(it, argocd);
      const { namespace: _, ...rest } = metadata;
      return { metadata: rest, spec };
    });
    assert.equal(expected.length, 5);
    assert.deepEqual(expanded(set), expected);
  };

  test("as they are", () => {
    same();
  });

  test("with a region's values, waves, files, and workloads that go with them", () => {
    same(
      fleet(
        '{ removal: delete, manifestPaths: [helm, "values/{region}"], components: { auth: { wave: 2, skipCrds: true } } }',
      ),
      "regions: { home: { argocd: { values: { agents: { auth: { a: { b: [1, true, x] } } } } } } }",
    );
  });

  test("with braces that are no template, in values and in what differs", () => {
    const ignored = "[{ kind: ConfigMap, jqPathExpressions: ['.data[\"{{ a }}\"]'] }]";
    same(fleet(`{ sync: { ignore: ${ignored} }, components: { auth: { values: { line: "{{ .name }} <b> & c" } } } }`));
  });

  test("with charts of a repository of charts", () => {
    const { set } = madeFrom(`
argocd:
  fleets:
    agents:
      mode: applicationSet
      repository: charts
      revision: 1.2.3
      components: { nack: { chart: nack, namespace: nack } }
`);
    const [first] = expanded(set) as { spec: { source: object } }[];
    const helm = { releaseName: "nack" };
    const source = { repoURL: "https://charts.example", targetRevision: "1.2.3", chart: "nack", helm };
    assert.deepEqual(first?.spec.source, source);
  });
});

test("a field that an element lacks is an error of the controller, not the text <no value>", () => {
  const { spec } = madeSet().set;
  assert.deepEqual([spec.goTemplate, spec.goTemplateOptions], [true, ["missingkey=error"]]);
});

describe("when it goes, or a region does", () => {
  test("the workloads stay: the controller would add a finalizer by itself", () => {
    const { spec } = madeSet().set;
    assert.deepEqual(spec.syncPolicy, { preserveResourcesOnDeletion: true });
    assert.ok(!("finalizers" in spec.template.metadata));
  });

  test("the workloads go where they are to be deleted", () => {
    const { spec } = madeSet(fleet("{ removal: delete }")).set;
    assert.ok(!("syncPolicy" in spec));
    assert.deepEqual(spec.template.metadata.finalizers, ["resources-finalizer.argocd.argoproj.io/foreground"]);
  });
});

describe("a rollout", () => {
  const rollout = "rollout: [{ regions: [home], maxUpdate: '1' }, { regions: ['*'], maxUpdate: 25% }]";

  test("puts each region into the first step that fits", () => {
    const key = "nats-platform/region";
    assert.deepEqual(madeSet(fleet(`{ ${rollout} }`)).set.spec.strategy, {
      type: "RollingSync",
      rollingSync: {
        steps: [
          { matchExpressions: [{ key, operator: "In", values: ["home"] }], maxUpdate: 1 },
          { matchExpressions: [{ key, operator: "In", values: ["eu-east", "us-west"] }], maxUpdate: "25%" },
        ],
      },
    });
  });

  test("has no step without regions, which would hold up nothing and say nothing", () => {
    const { strategy } = madeSet(fleet("{ rollout: [{ regions: [east-*] }, { regions: ['*'] }, {}] }")).set.spec;
    assert.equal(strategy?.rollingSync.steps.length, 1);
  });

  test("leaves of automated syncs what its controller reads: whether to prune", () => {
    const { spec } = madeSet(fleet(`{ ${rollout} }`)).set;
    assert.deepEqual(spec.template.spec.syncPolicy?.automated, { prune: true });
    const without = madeSet(fleet(`{ ${rollout}, sync: { prune: false } }`)).set.spec;
    assert.ok(!("automated" in (without.template.spec.syncPolicy ?? {})));
  });

  test("is none where there are no steps", () => {
    assert.ok(!("strategy" in madeSet().set.spec));
  });
});

test("an ApplicationSet is one file, and its Applications are none", async () => {
  const registrations = await runProgram({ stack: "dev", fixed: true, platform: argocdInput(AGENTS, SET) });
  const paths = manifestsOf(registrations).map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => path.includes("6-applications")),
    ["deploy/argocd/6-applications/applicationset.argocd.agents.yaml"],
  );
});
