/** Secrets as the chart's examples ask for them, into one namespace; `over` replaces fields of `secrets`. */
export function glassSecrets(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    deliver: [{ region: "eu", namespace: "glass" }],
    natsNKeys: {
      jwtMint: { secretName: "glass-jwt-mint-nkey", generate: true },
      userAuth: { secretName: "glass-nats-user-nkey", generate: true },
    },
    natsAuth: { policy: { secretName: "glass-nats-policy-auth", generate: true } },
    natsJwtAuth: {
      jwtMint: {
        secretName: "glass-jwt-mint-auth",
        generate: true,
        claims: ["robot_type:service"],
        robotName: "jwt-mint",
      },
      center: {
        secretName: "glass-center-token",
        generate: true,
        format: "application",
        issuer: "https://mint.example",
        audience: "glass-center",
        robotName: "center",
      },
    },
    ...over,
  };
}

/** Keys in a Vault that no test asks. */
export const vaultKeys = { store: "vault", address: "https://vault.example:8200", mount: "secret", path: "nats" };

/** A platform with {@link glassSecrets} and one region, which is rendered; `over` replaces its parts. */
export function glassPlatform(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    operator: { name: "acme" },
    secrets: glassSecrets(),
    regions: { eu: { target: { render: "deploy/eu" } } },
    ...over,
  };
}

/** A region that is applied to a cluster. */
export const appliedRegion = { eu: { target: { context: "eu", clusterIdentifier: "eu-1", kubeconfig: "/none" } } };
