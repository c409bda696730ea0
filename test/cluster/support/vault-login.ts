import { readFileSync } from "node:fs";
import { fetchWith } from "../../support/tls-fetch.ts";
import { startVault, type TestVault } from "../../support/vault.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A Vault whose certificate the control plane's authority has signed. */
export async function startTlsVault({ authority }: ControlPlane): Promise<TestVault> {
  const { certificate, key } = await authority.issue("vault", "vault", "vault", ["127.0.0.1"]);
  const trusting = fetchWith({ ca: readFileSync(authority.certificate) });
  return startVault({ args: ["--certificate", certificate, "--key", key], fetch: trusting });
}

/** Mounts Vault's kubernetes login for this cluster. Vault asks its API server whether a token is good, as a reviewer of its own. */
export async function mountLogin(
  vault: TestVault,
  plane: ControlPlane,
  mount: string,
  namespace: string,
): Promise<void> {
  const reviewer = "vault-reviewer";
  await plane.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: reviewer, namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: reviewer },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name: reviewer, namespace }],
    },
  );
  const token = await plane.kubectl("create", "token", reviewer, "-n", namespace);
  await vault.must("POST", `sys/auth/${mount}`, { type: "kubernetes" });
  await vault.must("POST", `auth/${mount}/config`, {
    kubernetes_host: plane.server,
    kubernetes_ca_cert: readFileSync(plane.authority.certificate, "utf8"),
    token_reviewer_jwt: token.trim(),
    disable_local_ca_jwt: true,
  });
}
