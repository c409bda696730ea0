import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkPlugin } from "../../../../cli/doctor/argocd/plugin.ts";
import { pluginConfigMap, repoServerPatch } from "../../../../components/argocd/repo-server.ts";
import { assertProblems, part } from "./installation.ts";

const plugin = { image: "registry.example/helmfile:1" };

describe("the helmfile plugin", () => {
  const patch = repoServerPatch("argocd", plugin);
  const configMaps = { "helmfile-plugin": pluginConfigMap("argocd").data as Record<string, string> };

  interface Sidecar {
    container: (typeof patch.spec.template.spec.containers)[number];
    temporary: { name: string; mountPath: string };
    annotations: Record<string, string>;
  }

  /** The repo server with the sidecar, of which `change` changes something. */
  function repoServer(change: (sidecar: Sidecar) => unknown = () => undefined) {
    const template = structuredClone(patch.spec.template);
    const [container] = template.spec.containers;
    const temporary = container?.volumeMounts.find(({ mountPath }) => mountPath === "/tmp");
    assert.ok(container && temporary);
    change({ container, temporary, annotations: template.metadata.annotations });
    const workload = part("repo-server");
    const containers = [...(workload.spec?.template.spec?.containers ?? []), ...template.spec.containers];
    const spec = { template: { ...template, spec: { ...template.spec, containers } } };
    return { configMaps, workloads: { "repo-server": { ...workload, spec } } };
  }

  test("is there as the patch has it", () => {
    const check = checkPlugin(repoServer());
    assertProblems(check);
    assert.equal(check.found, plugin.image);
  });

  test("is not there at all", () => {
    assertProblems(checkPlugin({ configMaps, workloads: { "repo-server": part("repo-server") } }), /has no container/);
    assertProblems(checkPlugin({ configMaps, workloads: {} }), /has no container/);
  });

  for (const [what, change, problem] of [
    ["has the image's command", ({ container }) => (container.command = []), /its command is/],
    ["is another user", ({ container }) => (container.securityContext.runAsUser = 0), /user 0/],
    ["shares /tmp", ({ temporary }) => (temporary.name = "tmp"), /shares \/tmp/],
    ["has no /tmp", ({ temporary }) => (temporary.mountPath = "/var/tmp"), /no volume at \/tmp/],
    [
      "runs with a former configuration",
      ({ annotations }) => (annotations["nats-platform/helmfile-plugin"] = "0"),
      /is not that of the configuration/,
    ],
  ] as [string, (sidecar: Sidecar) => unknown, RegExp][]) {
    test(what, () => {
      assertProblems(checkPlugin(repoServer(change)), problem);
    });
  }

  test("has another configuration than this program's, or none", () => {
    const { workloads } = repoServer();
    assertProblems(checkPlugin({ configMaps: {}, workloads }), /found no plugin\.yaml/);
    const other = { "helmfile-plugin": { "plugin.yaml": "kind: ConfigManagementPlugin" } };
    assertProblems(checkPlugin({ configMaps: other, workloads }), /is not that of this version/);
  });
});
