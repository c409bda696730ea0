import { readFileSync } from "node:fs";
import { request } from "node:https";
import { startVault, type TestVault } from "../../support/vault.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A Vault whose certificate the control plane's authority has signed. */
export async function startTlsVault({ authority }: ControlPlane): Promise<TestVault> {
  const { certificate, key } = await authority.issue("vault", "vault", "vault", ["127.0.0.1"]);
  const trusting = fetchTrusting(readFileSync(authority.certificate, "utf8"));
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

/** A fetch that trusts one authority alone. */
function fetchTrusting(ca: string): typeof fetch {
  return (input, { method = "GET", headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const url = input instanceof Request ? input.url : input;
      const sent = request(url, { method, headers: Object.fromEntries(new Headers(headers)), ca }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => {
          const text = Buffer.concat(chunks);
          // An answer without content must not be given an empty one.
          resolve(new Response(text.length === 0 ? null : text, { status: answer.statusCode ?? 0 }));
        });
      });
      sent.on("error", reject);
      sent.end(typeof body === "string" ? body : undefined);
    });
}
