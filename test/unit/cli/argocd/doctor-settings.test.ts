import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkPeople } from "../../../../cli/doctor/argocd/access.ts";
import { checkKnownHosts } from "../../../../cli/doctor/argocd/known-hosts.ts";
import {
  checkHealth,
  checkNotifications,
  checkProgressiveSyncs,
  checkRenderingTime,
  checkTracking,
} from "../../../../cli/doctor/argocd/settings.ts";
import { healthCustomizations } from "../../../../components/argocd/health.ts";
import { assertProblems, installation, part } from "./installation.ts";
import { argocdSettings } from "./settings.ts";

describe("what Argo CD is told in ConfigMaps", () => {
  test("lacks health checks, unless others wrote them, in today's way or the former one", () => {
    const [first = "", second = "", ...others] = Object.keys(healthCustomizations);
    const kind = second.replace("resource.customizations.health.", "").replace("_", "/");
    const rest = Object.fromEntries(others.map((key) => [key, healthCustomizations[key] ?? ""]));
    const old = { "resource.customizations": `${kind}:\n  health.lua: return {}\n` };
    assertProblems(
      checkHealth(installation({ configMaps: { "argocd-cm": { ...rest, ...old } } })),
      new RegExp(`found no ${first.replaceAll(".", "\\.")}`),
    );
    const theirs = checkHealth(
      installation({ configMaps: { "argocd-cm": { ...rest, ...old, [first]: "return {}" } } }),
    );
    assertProblems(theirs);
    assert.equal(theirs.found, "11 kinds, of which others wrote 2");
    assert.equal(checkHealth(installation({ configMaps: {} })).problems.length, 11);
  });

  test("makes it know objects by their label", () => {
    const tracked = (method: string) =>
      checkTracking({ configMaps: { "argocd-cm": { "application.resourceTrackingMethod": method } } });
    assertProblems(tracked("label"), /found label/);
    assertProblems(tracked("annotation"));
    assertProblems(tracked("annotation+label"));
  });

  test("leaves progressive syncs off", () => {
    const value = (on: string | undefined) =>
      installation({
        configMaps: {
          "argocd-cmd-params-cm": on === undefined ? {} : { "applicationsetcontroller.enable.progressive.syncs": on },
        },
      });
    assertProblems(checkProgressiveSyncs(value(undefined)), /absent/);
    assertProblems(checkProgressiveSyncs(value("false")), /progressive\.syncs false/);
    assertProblems(checkProgressiveSyncs(value("true")));
    const workload = part("applicationset-controller");
    const [container] = workload.spec?.template.spec?.containers ?? [];
    if (container !== undefined) container.args = ["--enable-progressive-syncs"];
    assertProblems(checkProgressiveSyncs({ configMaps: {}, workloads: { "applicationset-controller": workload } }));
  });

  test("gives a fleet too little time to be rendered", () => {
    const after = (seconds: string) => ({
      configMaps: { "argocd-cmd-params-cm": { "controller.repo.server.timeout.seconds": seconds } },
    });
    assertProblems(checkRenderingTime({ configMaps: {} }), /absent, but a full shard .* may take 180 s/);
    assertProblems(checkRenderingTime(after("60")), /seconds 60, but/);
    assertProblems(checkRenderingTime(after("180")));
  });

  test("has neither the trigger nor the service of a subscription", () => {
    const subscriptions = [{ trigger: "on-sync-failed", service: "slack" }];
    assertProblems(checkNotifications({ configMaps: {} }, subscriptions), /found no ConfigMap/);
    const data = { "service.slack": "token: $slack" };
    assertProblems(
      checkNotifications({ configMaps: { "argocd-notifications-cm": data } }, subscriptions),
      /found no trigger\.on-sync-failed/,
    );
    const both = { ...data, "trigger.on-sync-failed": "[]" };
    assertProblems(checkNotifications({ configMaps: { "argocd-notifications-cm": both } }, subscriptions));
  });

  test("lets everybody do everything, or does not know groups", () => {
    const roles = { ops: { groups: ["ops"] }, ci: { groups: [] } };
    const check = (data: Record<string, string>) => checkPeople({ configMaps: { "argocd-rbac-cm": data } }, roles);
    assertProblems(check({}));
    assertProblems(check({ "policy.default": "role:readonly", scopes: "[email, groups]" }));
    assertProblems(
      check({ "policy.default": "role:admin", scopes: "[email]" }),
      /role:admin/,
      /role ops is given to groups/,
    );
  });

  test("lacks the keys of a host", () => {
    const ed = "git.example ssh-ed25519 AAAA";
    const settings = (...repositories: object[]) =>
      argocdSettings({
        repositories: Object.fromEntries(
          repositories.map((it, index) => [`r${String(index)}`, { existing: true, ...it }]),
        ),
      });
    const check = (text: string, ...repositories: object[]) =>
      checkKnownHosts(
        { configMaps: { "argocd-ssh-known-hosts-cm": { ssh_known_hosts: text } } },
        settings(...repositories),
      );
    const given = { url: "ssh://git@git.example/a.git", knownHosts: [`${ed} a comment`] };
    assertProblems(check(`# hosts\n${ed}   other comment\n`, given));
    assertProblems(check("git.example ssh-ed25519 BBBB\n", given), /no line "git\.example ssh-ed25519 AAAA"/);
    const port = { url: "ssh://git@git.example:2222/a.git" };
    assertProblems(check(ed, port), /found no key of \[git\.example\]:2222, but repository r0/);
    assertProblems(check("[git.example]:2222,10.0.0.1 ssh-ed25519 AAAA", port));
    assertProblems(check("github.com ssh-rsa AAAA", { url: "git@github.com:team/a.git" }));
    assertProblems(
      check("", { url: "git@git.example:a.git", insecure: true, existing: false, ssh: { keyFrom: "key" } }),
    );
    // Hashed names can't be compared.
    assertProblems(check("|1|abc=|def= ssh-rsa AAAA", port));
  });
});
