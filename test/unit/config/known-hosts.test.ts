import assert from "node:assert/strict";
import { test } from "node:test";
import { isHostLine, namesHost, sshHost } from "../../../config/argocd/known-hosts.ts";

for (const [url, host] of [
  ["git@Git.Example:team/x.git", "git.example"],
  ["ssh://git@git.example/x", "git.example"],
  ["ssh://git@git.example/", "git.example"],
  ["ssh://git@git.example:22/x", "git.example"],
  ["ssh://git@GIT.example:2222/x", "[git.example]:2222"],
  ["ssh://git@[FD00::1]/x", "fd00::1"],
  ["ssh://git@[fd00::1]:2222/x", "[fd00::1]:2222"],
  ["git@[fd00::1]:x.git", "fd00::1"],
  ["https://git.example/x", undefined],
  ["https://git.example/@team/x", undefined],
  ["file:///srv/x.git", undefined],
] as const)
  test(`the SSH host of ${url} is ${host ?? "none"}`, () => {
    assert.equal(sshHost(url), host);
  });

for (const [names, host, isNamed] of [
  ["git.example", "git.example", true],
  ["Git.Example,10.0.0.1", "git.example", true],
  ["*.example", "git.example", true],
  ["*.example", "git.example.org", false],
  ["gi?.example", "git.example", true],
  ["gitxexample", "git.example", false],
  ["*.example,!git.example", "git.example", false],
  ["git.example", "[git.example]:2222", false],
  ["[*.example]:2222", "[git.example]:2222", true],
  ["[*.example]:2222", "git.example", false],
  ["[git.example]:22", "git.example", true],
  ["fd00::1", "fd00::1", true],
  ["[fd00::1]:2222", "[fd00::1]:2222", true],
  ["@cert-authority *.example", "git.example", true],
  ["@revoked git.example", "git.example", false],
  ["|1|abc=|def=", "git.example", true],
  ["# git.example", "git.example", false],
] as const)
  test(`a line for ${names} is ${isNamed ? "one" : "none"} for ${host}`, () => {
    assert.equal(namesHost(`${names} ssh-ed25519 AAAA`, host), isNamed);
  });

const key = (type: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(38, 7)]).toString("base64");
};

for (const [title, text, isLine] of [
  ["with a comment", `git.example ssh-ed25519 ${key("ssh-ed25519")} root@git`, true],
  ["of an authority", `@cert-authority *.example ecdsa-sha2-nistp256 ${key("ecdsa-sha2-nistp256")}`, true],
  ["of two lines", `a ssh-ed25519 ${key("ssh-ed25519")}\nb ssh-ed25519 ${key("ssh-ed25519")}`, false],
  ["with a line break at its end", `a ssh-ed25519 ${key("ssh-ed25519")}\n`, false],
  ["with a key of another type", `a ssh-rsa ${key("ssh-ed25519")}`, false],
  ["with a key that is cut", `a ssh-ed25519 ${key("ssh-ed25519").slice(0, 10)}`, false],
  ["with something else for a key", "a ssh-ed25519 AAAA_-x", false],
  ["that is a comment", `# ssh-ed25519 ${key("ssh-ed25519")}`, false],
] as const)
  test(`a text ${title} is ${isLine ? "a line" : "no line"} of known_hosts`, () => {
    assert.equal(isHostLine(text), isLine);
  });
