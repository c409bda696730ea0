import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { loadPlatform } from "../../../config/load.ts";
import { certificate } from "../components/argocd.ts";
import { messageOf } from "./message.ts";

const hub = { url: "git@github.com:team/charts.git", ssh: { keyFrom: "deployKey" } };
const platform = (argocd: object) => ({
  operator: { name: "dev" },
  argocd: { target: { render: "deploy/argocd" }, version: "3.2.11", ...argocd },
});

/** What is refused of a configuration with these values, of which all but `plain` are secret. */
function refused(argocd: object, values: Record<string, string>, plain: readonly string[] = []): string {
  const key = (name: string) => `nats-platform:${name}`;
  const all = { platform: JSON.stringify(platform(argocd)), ...values };
  const entries = Object.entries(all).map(([name, value]) => [key(name), value] as const);
  const secret = Object.keys(values).filter((name) => !plain.includes(name));
  pulumi.runtime.setAllConfig(Object.fromEntries(entries), secret.map(key));
  return messageOf(loadPlatform);
}

const { privateKey: pem } = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const protectedPem = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" },
}).privateKey;

/** What a key of OpenSSH begins with: a magic, and the name of the cipher after its length. Of the rest only the form matters. */
function openSsh(cipher: string): string {
  const length = Buffer.from([0, 0, 0, cipher.length]);
  const body = Buffer.concat([Buffer.from("openssh-key-v1\0"), length, Buffer.from(cipher), Buffer.alloc(200, 7)]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

const command = "type `pulumi config set --secret deployKey < FILE` with the file of the private key";
const needed = "a private key in PEM or of OpenSSH, without a passphrase, is needed here";
const line = (found: string, allowed: string) =>
  `The configuration has a problem:\n  argocd.repositories.hub.ssh.keyFrom: found ${found}, but ${allowed}: ${command}`;

test("a private key is taken as PKCS 8 and as OpenSSH writes it, with and without a line break at its end", () => {
  for (const key of [pem, pem.trimEnd(), openSsh("none"), pem.replaceAll("\n", "\r\n")]) {
    assert.equal(refused({ repositories: { hub } }, { deployKey: key }), "(no error)");
  }
});

test("a private key with a passphrase is refused: nobody could be asked for it", () => {
  for (const key of [protectedPem, openSsh("aes256-ctr")]) {
    const message = refused({ repositories: { hub } }, { deployKey: key });
    assert.equal(message, line("a private key with a passphrase in deployKey", needed));
  }
});

test("what is no private key is refused without a word of it", () => {
  for (const key of ["hunter2", "", pem.replaceAll("\n", " "), pem.replace("END PRIVATE", "END PUBLIC")]) {
    const message = refused({ repositories: { hub } }, { deployKey: key });
    assert.equal(message, line("a value in deployKey that is no private key (not shown)", needed));
  }
});

test("a key that is missing or in plain text is refused with the command to type", () => {
  assert.equal(refused({ repositories: { hub } }, {}), line("the name deployKey", "there is no such value"));
  const message = refused({ repositories: { hub } }, { deployKey: pem }, ["deployKey"]);
  assert.equal(message, line("deployKey in plain text", "a private key must be encrypted"));
});

test("a token in place of its name is refused without a word of it, whether or not there is a value of that name", () => {
  for (const keyFrom of [`ghp_${"a1B2".repeat(9)}`, "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"]) {
    for (const values of [{}, { [keyFrom]: pem }]) {
      const message = refused({ repositories: { hub: { ...hub, ssh: { keyFrom } } } }, values);
      assert.match(
        message,
        /hub\.ssh\.keyFrom: found a value that may be a secret \(not shown\), but the name of a secret/,
      );
      assert.ok(!message.includes(keyFrom.slice(4, 12)));
    }
  }
});

const ec = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "sec1", format: "pem" },
}).privateKey;
const withParameters = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${ec}`;

test("a key of TLS is taken after the parameters of its curve, and one of SSH is not: Argo CD would not find it", () => {
  const clientCertificate = { certificate, keyFrom: "deployKey" };
  const clusters = { east: { server: "https://east.example", clientCertificate } };
  assert.equal(refused({ clusters }, { deployKey: withParameters }), "(no error)");
  assert.equal(refused({ clusters }, { deployKey: ec }), "(no error)");
  assert.match(refused({ clusters }, { deployKey: withParameters.slice(0, 90) }), /no private key \(not shown\)/);
  assert.match(refused({ repositories: { hub } }, { deployKey: withParameters }), /no private key \(not shown\)/);
});

test("a registry's password may be long, or a document of several lines, and not empty", () => {
  const basic = { username: "_json_key", passwordFrom: "password" };
  const repositories = { hub: { url: "oci://registry.example/charts", type: "oci", basic } };
  for (const password of ["x".repeat(1800), '{\n  "type": "service_account"\n}\n']) {
    assert.equal(refused({ repositories }, { password }), "(no error)");
  }
  assert.equal(
    refused({ repositories }, { password: " \n" }),
    "The configuration has a problem:\n  argocd.repositories.hub.basic.passwordFrom: found a value in password that is no password (not shown), but a password that is not empty is needed here: type `pulumi config set --secret password` and paste the password when asked (one of several lines: add `< FILE`)",
  );
});

test("a token with a line break is refused: no header could carry it", () => {
  const clusters = { east: { server: "https://east.example", token: { from: "token" } } };
  assert.equal(refused({ clusters }, { token: "abc.def" }), "(no error)");
  assert.equal(
    refused({ clusters }, { token: "hunter2\n" }),
    "The configuration has a problem:\n  argocd.clusters.east.token.from: found a value in token that is no token (not shown), but a token without spaces and line breaks is needed here: type `pulumi config set --secret token` and paste the token when asked",
  );
});

test("with keys in Vault, nothing of it is asked of the configuration", () => {
  const keys = { store: "vault", address: "https://vault.example", path: "nats" };
  const repositories = { hub: { ...hub, ssh: { keyFrom: "argo/git#key" } } };
  const all = JSON.stringify({ ...platform({ repositories }), keys });
  pulumi.runtime.setAllConfig({ "nats-platform:platform": all }, []);
  assert.equal(messageOf(loadPlatform), "(no error)");
});
