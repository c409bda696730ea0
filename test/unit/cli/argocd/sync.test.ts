import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiException } from "@kubernetes/client-node";
import type { Applications, LiveApplication } from "../../../../cli/argocd/application.ts";
import { readArguments } from "../../../../cli/argocd/arguments.ts";
import { fullSync, outcomeOf, skipsHooks } from "../../../../cli/argocd/full-sync.ts";
import { syncApplication } from "../../../../cli/argocd/sync.ts";
import { Trouble } from "../../../../tools/project.ts";

const metadata = { name: "glass-ui", resourceVersion: "7" };

describe("a full sync", () => {
  test("has the sync policy of the Application, a strategy in which hooks run, and no choice of objects", () => {
    const syncOptions = ["ServerSideApply=true", "FailOnSharedResource=true"];
    const retry = { limit: 5 };
    assert.deepEqual(fullSync({ spec: { syncPolicy: { automated: { prune: true }, retry, syncOptions } } }), {
      initiatedBy: { username: "nats-platform" },
      retry,
      sync: { prune: true, syncOptions, syncStrategy: { hook: {} } },
    });
    const bare = { initiatedBy: { username: "nats-platform" }, sync: { syncStrategy: { hook: {} } } };
    assert.deepEqual(fullSync({ spec: {} }), bare);
    assert.deepEqual(fullSync({ spec: { syncPolicy: { automated: { prune: false } } } }), bare);
    assert.equal(skipsHooks(fullSync({ spec: {} })), undefined);
  });

  test("is told from those in which hooks are skipped", () => {
    assert.equal(skipsHooks({ sync: {} }), undefined);
    assert.equal(skipsHooks({ sync: { syncStrategy: { hook: {} }, resources: [] } }), undefined);
    assert.match(skipsHooks({ sync: { syncStrategy: { apply: {} } } }) ?? "", /strategy apply/);
    assert.match(skipsHooks({ sync: { resources: [{ kind: "ConfigMap" }] } }) ?? "", /self-healing/);
  });

  test("has ended when its operation is gone, and then its hooks are told", () => {
    const operationState = {
      phase: "Failed",
      message: "one or more tasks failed",
      syncResult: {
        resources: [
          { kind: "ConfigMap", namespace: "ui", name: "settings", status: "Synced", message: "unchanged" },
          { kind: "Deployment", namespace: "ui", name: "web", status: "SyncFailed", message: "is invalid" },
          { kind: "Job", namespace: "ui", name: "keys", hookType: "Sync", hookPhase: "Succeeded", message: "" },
        ],
      },
    };
    assert.equal(outcomeOf({ metadata, spec: {}, operation: {}, status: { operationState } }), undefined);
    assert.deepEqual(outcomeOf({ metadata, spec: {}, status: { operationState } }), {
      isSuccess: false,
      lines: [
        "glass-ui: Failed: one or more tasks failed",
        "  Sync hook Job/ui/keys: Succeeded",
        "  Deployment/ui/web: SyncFailed: is invalid",
      ],
    });
    assert.deepEqual(outcomeOf({ metadata, spec: {}, status: { operationState: { phase: "Succeeded" } } }), {
      isSuccess: true,
      lines: ["glass-ui: Succeeded", "  no hooks"],
    });
  });
});

describe("asking for a sync", () => {
  /** Applications of which the named one ends its operation after some reads. */
  function argoCd(first: Omit<LiveApplication, "metadata" | "spec"> = {}, reads = 3) {
    let application: LiveApplication = { metadata, spec: {}, ...first };
    const patches: object[] = [];
    const applications: Applications = {
      read(name) {
        if (name !== metadata.name) return Promise.reject(new ApiException(404, "", {}, {}));
        if (patches.length > 0 && (reads -= 1) === 0) {
          const { operation: _, ...rest } = application;
          application = { ...rest, status: { operationState: { phase: "Succeeded" } } };
        }
        return Promise.resolve(application);
      },
      list: () => Promise.resolve([application]),
      patch(_name, body) {
        patches.push(body);
        application = { ...application, ...body, metadata };
        return Promise.resolve();
      },
    };
    return { applications, patches };
  }

  test("waits until it has ended, and writes only over what was read", async () => {
    const { applications, patches } = argoCd();
    const told: string[] = [];
    const { isSuccess } = await syncApplication(applications, "glass-ui", (line) => told.push(line), 1);
    assert.equal(isSuccess, true);
    assert.deepEqual(told, ["glass-ui: no application controller has taken up the operation yet"]);
    const operation = fullSync({ spec: {} });
    // What was asked of the last sync would be in this one, too.
    const status = { operationState: null };
    assert.deepEqual(patches, [{ metadata: { resourceVersion: "7" }, operation, status }]);
  });

  test("is refused while another is under way, and where there is no such Application", async () => {
    const busy = argoCd({ operation: {} });
    await assert.rejects(syncApplication(busy.applications, "glass-ui", undefined, 1), /glass-ui: a sync is under way/);
    assert.deepEqual(busy.patches, []);
    await assert.rejects(
      syncApplication(argoCd().applications, "glas-ui", undefined, 1),
      /found no Application glas-ui/,
    );
  });

  test("says what to do where somebody else was faster, or where it is not allowed", async () => {
    const refusing = (code: number) => ({
      ...argoCd().applications,
      patch: () => Promise.reject(new ApiException(code, "", JSON.stringify({ message: "no" }), {})),
    });
    await assert.rejects(syncApplication(refusing(409), "glass-ui", undefined, 1), /has changed just now: ask again/);
    await assert.rejects(
      syncApplication(refusing(403), "glass-ui", undefined, 1),
      /Application glass-ui: could not patch applications.argoproj.io \(403\): no; whoever runs this needs/,
    );
  });
});

describe("the arguments of argocd", () => {
  for (const [args, expected] of [
    ["values --stack prod", { command: "values", stack: "prod" }],
    ["patch -s prod", { command: "patch", stack: "prod" }],
    ["patch -s prod --context c", { command: "patch", stack: "prod", context: "c" }],
    [
      "sync glass-ui --stack prod --context c --kubeconfig f",
      { command: "sync", application: "glass-ui", stack: "prod", context: "c", kubeconfig: "f" },
    ],
  ] as const) {
    test(`${args} is understood`, () => {
      assert.deepEqual(readArguments(args.split(" ")), expected);
    });
  }

  for (const [args, problem] of [
    ["--stack prod", /^found no command, but it is values, patch or sync\nusage: /],
    ["value --stack prod", /^found value, but it is values, patch or sync/],
    ["values", /^found no --stack/],
    ["values a --stack prod", /^found a, but values takes no name/],
    ["values --stack prod --context c", /^found a cluster, but values asks none/],
    ["sync --stack prod", /^found no Application/],
    ["sync a b --stack prod", /^found b, but there is no place for it/],
    ["sync a --stack prod --apply", /Unknown option '--apply'[^]*usage: /],
  ] as const) {
    test(`${args} is refused with the usage`, () => {
      assert.throws(
        () => readArguments(args.split(" ")),
        (error) => error instanceof Trouble && problem.test(error.message),
      );
    });
  }
});
