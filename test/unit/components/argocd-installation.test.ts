import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { patchText, valuesText } from "../../../cli/argocd.ts";
import { installationPatches } from "../../../components/argocd/installation.ts";
import { notificationFields } from "../../../components/argocd/notifications.ts";
import { helmfilePlugin } from "../../../components/argocd/plugin.ts";
import { pluginChecksum, pluginConfigMap, repoServerPatch } from "../../../components/argocd/repo-server.ts";
import { argocdSettings } from "../cli/argocd/settings.ts";

const HOST = "git.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample";

const everything = argocdSettings({
  plugin: { image: "registry.example/helmfile:1" },
  progressiveSyncs: true,
  repositories: { charts: { url: "ssh://git@git.example/team/charts.git", existing: true, knownHosts: [HOST, HOST] } },
  notifications: [
    { trigger: "on-sync-failed", service: "slack", recipients: ["ops"] },
    { trigger: "on-moon", service: "slack", recipients: ["ops"] },
  ],
});

describe("values of the chart argo-cd", () => {
  test("hold what the stack needs, and nothing that it does not use", () => {
    const few = parse(valuesText(argocdSettings())) as Record<string, object>;
    assert.deepEqual(Object.keys(few), ["configs"]);
    assert.deepEqual(Object.keys(few.configs ?? {}), ["cm"]);
    const all = parse(valuesText(everything)) as {
      configs: { params: object; ssh: object };
      notifications: { templates: Record<string, string>; triggers: Record<string, string> };
    };
    assert.deepEqual(all.configs.params, {
      "applicationsetcontroller.enable.progressive.syncs": "true",
      "controller.repo.server.timeout.seconds": "180",
    });
    assert.deepEqual(all.configs.ssh, { extraHosts: HOST });
    assert.deepEqual(Object.keys(all.notifications.triggers), ["trigger.on-sync-failed"]);
    assert.deepEqual(parse(all.notifications.triggers["trigger.on-sync-failed"] ?? ""), [
      {
        when: 'app.status.operationState != nil and app.status.operationState.phase in ["Error", "Failed"]',
        send: ["nats-platform-on-sync-failed"],
      },
    ]);
    assert.ok("template.nats-platform-on-sync-failed" in all.notifications.templates);
  });
});

describe("the parts for an Argo CD that was installed by manifests", () => {
  test("are what the chart would be told", () => {
    const patches = installationPatches(everything) as unknown as Record<string, unknown>[];
    const named = patches.map(({ kind, metadata }) => [kind, metadata]);
    const namespace = "argocd";
    assert.deepEqual(named, [
      ["ConfigMap", { name: "argocd-cm", namespace }],
      ["ConfigMap", { name: "argocd-cmd-params-cm", namespace }],
      ["ConfigMap", { name: "argocd-notifications-cm", namespace }],
      ["Deployment", { name: "argocd-repo-server", namespace }],
    ]);
    const { configs, repoServer } = parse(valuesText(everything)) as {
      configs: { cm: object };
      repoServer: { extraContainers: object[]; volumes: object[]; podAnnotations: object };
    };
    assert.deepEqual(patches[0]?.data, configs.cm);
    assert.deepEqual(patches[3]?.spec, {
      template: {
        metadata: { annotations: repoServer.podAnnotations },
        spec: { containers: repoServer.extraContainers, volumes: repoServer.volumes },
      },
    });
  });

  test("leave out ConfigMaps to which there is nothing to add", () => {
    const names = installationPatches(argocdSettings()).map(({ metadata }) => metadata.name);
    assert.deepEqual(names, ["argocd-cm"]);
  });

  test("are commands of a shell, with what has to be started anew, and hosts beside Argo CD's own", () => {
    const [set, first, ...others] = patchText(argocdSettings()).trimEnd().split("\n");
    assert.match(first ?? "", /^kubectl -n argocd patch configmap argocd-cm --type strategic --patch '\{.*\}'$/);
    assert.equal(set, "set -e");
    assert.deepEqual(others, []);
    const inContext = patchText({ ...argocdSettings(), target: { context: "tools", clusterIdentifier: "t" } });
    assert.match(inContext, /^kubectl --context 'tools' -n argocd patch configmap argocd-cm /m);
    assert.match(
      patchText(argocdSettings(), { context: "other", kubeconfig: "f" }),
      /^kubectl --kubeconfig 'f' --context 'other' -n/m,
    );
    const map = "configmap argocd-ssh-known-hosts-cm";
    const lines = patchText(everything).trimEnd().split("\n");
    assert.deepEqual(lines.slice(5), [
      "# They read their parameters when they start:",
      "kubectl -n argocd rollout restart deployment argocd-applicationset-controller",
      "kubectl -n argocd rollout restart statefulset argocd-application-controller",
      `{ kubectl -n argocd get ${map} -o jsonpath='{.data.ssh_known_hosts}'; printf '\\n%s\\n' '${HOST}'; } |`,
      "  awk 'NF && !seen[$0]++' |",
      `  kubectl -n argocd create ${map} --from-file=ssh_known_hosts=/dev/stdin --dry-run=client -o yaml |`,
      `  kubectl -n argocd patch ${map} --type merge --patch-file /dev/stdin`,
    ]);
  });
});

describe("the helmfile plugin", () => {
  const { spec } = repoServerPatch("argocd", { image: "registry.example/helmfile:1" });

  test("runs Argo CD's plugin server as its user, with no rights and a /tmp of its own", () => {
    const [container] = spec.template.spec.containers;
    assert.ok(container);
    assert.deepEqual(container.command, ["/var/run/argocd/argocd-cmp-server"]);
    assert.deepEqual(container.securityContext, {
      runAsNonRoot: true,
      runAsUser: 999,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
    const mounts = Object.fromEntries(container.volumeMounts.map(({ mountPath, name }) => [mountPath, name]));
    assert.equal(mounts["/var/run/argocd"], "var-files");
    assert.equal(mounts["/home/argocd/cmp-server/plugins"], "plugins");
    const own = spec.template.spec.volumes.map(({ name }) => name);
    assert.deepEqual(own, [mounts["/home/argocd/cmp-server/config/plugin.yaml"], mounts["/tmp"]]);
    assert.notEqual(mounts["/tmp"], "tmp");
    // Nothing can be written to but what is mounted: caches have to be there.
    for (const { name, value } of container.env.filter((it) => it.name.endsWith("_HOME"))) {
      assert.ok(value.startsWith("/tmp/"), name);
    }
  });

  test("is configured by a ConfigMap, and its pods are made anew when that changes", () => {
    const { metadata, data } = pluginConfigMap("argocd");
    assert.equal(metadata.name, spec.template.spec.volumes[0]?.configMap?.name);
    assert.deepEqual(parse((data as Record<string, string>)["plugin.yaml"] ?? ""), helmfilePlugin());
    assert.deepEqual(spec.template.metadata.annotations, { "nats-platform/helmfile-plugin": pluginChecksum() });
  });
});

test("a trigger with the name of something that every object has is no trigger of ours", () => {
  assert.deepEqual(notificationFields(["constructor", "toString"]), {});
});
