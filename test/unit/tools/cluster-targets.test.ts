import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterQuestions, questionsOf } from "../../../tools/cluster-targets.ts";

test("after a failed update every region on a cluster is named with its context, and how to ask the cluster", () => {
  const stack = {
    config: {
      "nats-platform:platform": {
        defaults: { target: { kubeconfig: "/etc/clusters" } },
        regions: { east: { target: { context: "east-admin" } }, west: { target: { render: "deploy/west" } } },
      },
    },
  };
  assert.deepEqual(questionsOf(JSON.stringify(stack)), [
    "region east is on the cluster of context east-admin; does it answer? kubectl --kubeconfig /etc/clusters --context east-admin version",
  ]);
});

test("a stack without a cluster, or without a file, has none to name", () => {
  assert.deepEqual(questionsOf(""), []);
  assert.deepEqual(questionsOf("config: { 'nats-platform:platform': { regions: { a: null } } }"), []);
  assert.deepEqual(clusterQuestions("/nowhere/Pulumi.dev.yaml"), []);
});
