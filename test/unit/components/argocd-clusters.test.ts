import assert from "node:assert/strict";
import { test } from "node:test";
import { certificate, filledIn, inVault, madeWith, plainPlaces, privateKey, values, type Made } from "./argocd.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const config = ({ stringData }: Pick<Made, "stringData">) => JSON.parse(stringData?.config ?? "") as unknown;

const clusters = {
  east: {
    ...{ server: "https://east.example:6443", ca: certificate, serverName: "kubernetes", token: { from: "token" } },
    ...{
      namespaces: ["nats", "orders"],
      clusterResources: true,
      projectScoped: true,
      shard: 0,
      labels: { tier: "prod" },
    },
  },
  north: { server: "https://north.example", clientCertificate: { certificate, keyFrom: "tlsKey" }, insecure: true },
  eks: {
    server: "https://eks.example",
    ca: certificate,
    eks: { clusterName: "prod", roleArn: "arn:aws:iam::1:role/x" },
  },
  gke: { server: "https://gke.example", gke: true },
  exec: { server: "https://exec.example", exec: { command: "login", args: ["--for", "prod"], env: { MODE: "x" } } },
  known: { server: "https://known.example", existing: true },
} as const;

test("each cluster has a Secret with the fields that Argo CD reads", async () => {
  const { find } = await madeWith({ clusters }, {}, values);
  const east = find("Secret", "cluster-east");
  assert.deepEqual(
    { ...east.stringData, config: undefined },
    {
      ...{ name: "east", server: "https://east.example:6443", config: undefined, namespaces: "nats,orders" },
      ...{ clusterResources: "true", project: "nats-platform", shard: "0" },
    },
  );
  assert.deepEqual(east.metadata.labels, {
    ...{ tier: "prod", "argocd.argoproj.io/secret-type": "cluster" },
    "app.kubernetes.io/managed-by": "nats-platform",
  });
  assert.deepEqual(config(east), {
    tlsClientConfig: { insecure: false, caData: base64(certificate), serverName: "kubernetes" },
    bearerToken: values.token,
  });
  const north = find("Secret", "cluster-north");
  assert.deepEqual(Object.keys(north.stringData ?? {}).sort(), ["config", "name", "server"]);
  assert.deepEqual(config(north), {
    tlsClientConfig: { insecure: true, certData: base64(certificate), keyData: base64(privateKey) },
  });
});

test("a cluster of EKS, of GKE or of a program is signed in to with what the controllers have, and nothing secret", async () => {
  for (const more of [{}, inVault]) {
    const { eks, gke, exec } = clusters;
    const { find } = await madeWith({ clusters: { eks, gke, exec } }, more);
    assert.deepEqual(config(find("Secret", "cluster-eks")), {
      awsAuthConfig: { clusterName: "prod", roleARN: "arn:aws:iam::1:role/x" },
      tlsClientConfig: { insecure: false, caData: base64(certificate) },
    });
    const apiVersion = "client.authentication.k8s.io/v1beta1";
    assert.deepEqual(config(find("Secret", "cluster-gke")), {
      execProviderConfig: { command: "argocd-k8s-auth", args: ["gcp"], apiVersion },
      tlsClientConfig: { insecure: false },
    });
    assert.deepEqual(config(find("Secret", "cluster-exec")), {
      execProviderConfig: { command: "login", args: ["--for", "prod"], env: { MODE: "x" }, apiVersion },
      tlsClientConfig: { insecure: false },
    });
  }
});

test("a cluster that Argo CD knows has no Secret, and neither has the one that it runs in", async () => {
  const { all } = await madeWith({ clusters: { known: clusters.known } });
  const made = all.map(({ manifest }) => manifest as unknown as Made);
  assert.deepEqual(
    made.filter(({ metadata }) => metadata.labels["argocd.argoproj.io/secret-type"] === "cluster"),
    [],
  );
});

test("the token and the key of a cluster stand nowhere that is not marked as a secret", async () => {
  const { registrations } = await madeWith({ clusters }, {}, values);
  for (const text of [values.token, base64(privateKey), privateKey.slice(28, 40)]) {
    assert.deepEqual(plainPlaces(registrations, text), []);
  }
});

test("with keys in Vault, the configuration is JSON whatever the token is", async () => {
  const { east, north } = clusters;
  const settings = {
    east: { ...east, token: { from: "argo/east#token" } },
    north: { ...north, insecure: false, clientCertificate: { certificate, keyFrom: "argo/north#key" } },
  };
  const { find } = await madeWith({ clusters: settings }, inVault);
  const vault = { "argo/east#token": 'a "token"\n', "argo/north#key": privateKey };
  assert.deepEqual(config({ stringData: filledIn(find("ExternalSecret", "cluster-east"), vault) }), {
    tlsClientConfig: { insecure: false, caData: base64(certificate), serverName: "kubernetes" },
    bearerToken: 'a "token"\n',
  });
  assert.deepEqual(config({ stringData: filledIn(find("ExternalSecret", "cluster-north"), vault) }), {
    tlsClientConfig: { insecure: false, certData: base64(certificate), keyData: base64(privateKey) },
  });
});
