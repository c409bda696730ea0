import assert from "node:assert/strict";
import { test } from "node:test";
import { secretProblem } from "../../../config/argocd/secret-looking.ts";
import { pathText, show } from "../../../config/problem.ts";
import { looksSecret } from "../../../config/secret-forms.ts";

const pem = (kind: string) => `-----BEGIN ${kind}-----\nMIIEvQIBADANBgkq\n-----END ${kind}-----\n`;
const jwt = `eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiJBQiJ9.c2lnbmF0dXJl`;

const secrets: Readonly<Record<string, string>> = {
  "a private key": pem("PRIVATE KEY"),
  "an OpenSSH key": pem("OPENSSH PRIVATE KEY"),
  "a private key in base64": Buffer.from(pem("RSA PRIVATE KEY")).toString("base64"),
  "a seed": `SUA${"B".repeat(55)}`,
  "a creds file": `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------`,
  "a JWT": jwt,
  "an AWS key": `AKIA${"Q7".repeat(8)}`,
  "a GitHub token": `ghp_${"a1B2".repeat(9)}`,
  "a GitLab token": `glpat-${"x9Yz".repeat(5)}`,
  "a Slack token": "xoxb-123456789012-abcdefghijkl",
  "a Slack hook": "https://hooks.slack.com/services/T000/B000",
  "a Vault token": `hvs.${"CAES".repeat(8)}`,
  "an address with a password": "nats://user:hunter2@nats.example:4222",
};

for (const [name, text] of Object.entries(secrets))
  test(`${name} looks like a secret, also in a text`, () => {
    assert.equal(looksSecret(text), true);
    assert.equal(looksSecret(name.includes("base64") ? text : `x: ${text}`), true);
  });

for (const [name, text] of Object.entries(secrets))
  test(`${name} is not shown in an error`, () => {
    const middle = text.slice(text.length / 2 - 4, text.length / 2 + 4);
    for (const found of [show(text), show(name.includes("base64") ? text : `x: ${text}`)]) {
      assert.match(found, /not shown/);
      assert.ok(name === "an address with a password" ? !found.includes("hunter2") : !found.includes(middle), found);
    }
  });

for (const [text, shown] of [
  ["https://oauth2:glpat-abc@git.example/x.git", "https://(secret, not shown)@git.example/x.git"],
  ["https://justatoken@git.example/x.git", "https://(secret, not shown)@git.example/x.git"],
  ["https://git.example/x?private_token=abc&b=1", "https://git.example/x?private_token=(secret, not shown)&b=1"],
  ["ssh://git@git.example/x.git", "ssh://git@git.example/x.git"],
  ["ssh://git:hunter2@git.example/x", "ssh://(secret, not shown)@git.example/x"],
  ["git@git.example:x.git", "git@git.example:x.git"],
] as const)
  test(`the address ${shown} is shown so`, () => {
    assert.equal(show(text), JSON.stringify(shown));
  });

const harmless = [
  "",
  "nats-credentials",
  pem("CERTIFICATE"),
  Buffer.from(pem("CERTIFICATE")).toString("base64"),
  pem("PUBLIC KEY"),
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "https://charts.example/stable?x=1",
  "git@github.com:team/charts.git",
  "ssh://git@git.example/team/charts.git",
  "UABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWX",
  "SOMETHING_LONG_AND_LOUD_FOR_A_CONSTANT",
  "https://{{ .user }}:{{ .password }}@git.example",
];

for (const text of harmless)
  test(`${JSON.stringify(text.slice(0, 40))} is no secret`, () => {
    assert.equal(looksSecret(text), false);
  });

test("a password is one by its key, wherever it stands in values, and isn't shown", () => {
  const values = {
    db: { password: "hunter2" },
    list: [{ adminPassword: "x" }],
    env: [{ name: "TOKEN_PASSWORD", value: "y" }],
  };
  const found = secretProblem(["values"], values);
  assert.deepEqual(
    found.map(({ path }) => pathText(path)),
    ["values.db.password", "values.list[0].adminPassword", "values.env[0].value"],
  );
  assert.equal(found[0]?.found, "a password (not shown)");
  assert.doesNotMatch(JSON.stringify(found), /hunter2/);
});

test("a password may begin with a dollar, and a reference has its bracket", () => {
  const of = (password: string) => secretProblem(["values"], { password }).length;
  for (const text of ["$uperSecret1", "$PASSWORD", "${open", "$("]) assert.equal(of(text), 1, text);
  for (const text of ["${DB_PASSWORD}", "$(DB_PASSWORD)", "{{ .Values.password }}"]) assert.equal(of(text), 0, text);
});

test("what stands under a token's key is a secret if it looks random, and not if it is a name or a reference", () => {
  const problems = (values: Record<string, unknown>) => secretProblem([], values).map(({ path }) => path.at(-1));
  const random = "q9Zx7Lw2Vb5Nm8Kd3Rt6";
  assert.deepEqual(problems({ apiKey: random, token: random, api_key: "0123456789abcdef0123456789abcdef" }), [
    "apiKey",
    "token",
    "api_key",
  ]);
  assert.deepEqual(
    problems({
      ...{ existingSecret: "nats-sys-jwt-auth", token: "nats-token", secretName: random, password: "" },
      ...{ passwordSecret: { name: "db", key: "password" }, clientSecret: "${CLIENT_SECRET}", password2: null },
      ...{ seed: 17, passwordKey: "password", usePassword: true, tag: random, adminPassword: "ref+vault://x#y" },
    }),
    [],
  );
});
