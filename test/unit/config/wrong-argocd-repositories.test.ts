import assert from "node:assert/strict";
import { test } from "node:test";
import { certificate } from "../components/argocd.ts";
import { messageFor, refusesArgocd, type Row, VAULT } from "./wrong-argocd.ts";

const host = "git.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMq";
const token = `ghp_${"a1B2".repeat(9)}`;
const key = '"-----BEGIN PRIVATE KEY-----\\nMIIB\\n-----END PRIVATE KEY-----"';

/** What is wrong, a repository in YAML, and every line of the error after the first: without the repository's path. */
const rows: readonly Row[] = [
  [
    "no login",
    "{ url: 'https://git.example/x.git' }",
    ": found no login, but ssh, basic, bearer or githubApp is needed here, or existing: true (public, or known to Argo CD, also by a template)",
  ],
  [
    "what a template can't say",
    "{ url: 'https://git.example/', template: true, lfs: true, insecure: true, proxy: 'http://proxy.example', bearer: { tokenFrom: a } }",
    ".insecure: found true, but Argo CD takes no notice of it in a template: it stands with each repository",
    ".lfs: found true, but Argo CD takes no notice of it in a template: it stands with each repository",
  ],
  [
    "a template without a login",
    "{ url: 'https://git.example/x.git', template: true }",
    ": found no login, but ssh, basic, bearer or githubApp is needed here, or existing: true (public, or known to Argo CD, also by a template)",
  ],
  [
    "two logins",
    "{ url: 'https://git.example/x.git', basic: { username: u, passwordFrom: a }, bearer: { tokenFrom: b } }",
    ": found basic and bearer, but Argo CD signs in with one of them: exactly one of ssh, basic, bearer and githubApp can stand here",
  ],
  [
    "a login beside existing",
    "{ url: 'https://git.example/x.git', existing: true, lfs: true, bearer: { tokenFrom: b } }",
    ".existing: found existing: true beside bearer and lfs, but with existing: true no Secret is made, and nothing of this reaches Argo CD: leave out one or the other (without existing it is Secret repo-r)",
  ],
  [
    "a key for an https address",
    "{ url: 'https://git.example/x.git', ssh: { keyFrom: a } }",
    '.ssh: found ssh, but "https://git.example/x.git" is no SSH address, and Argo CD would not use the key',
  ],
  [
    "a password for an SSH address",
    `{ url: 'git@git.example:x.git', basic: { username: u, passwordFrom: a }, knownHosts: ['${host}'] }`,
    '.basic: found basic, but "git@git.example:x.git" is an SSH address: ssh.keyFrom is needed here, or an https address',
  ],
  [
    "a bearer token for charts",
    "{ url: 'https://charts.example', type: helm, bearer: { tokenFrom: a } }",
    ".bearer: found bearer, but with type helm, Argo CD uses basic and clientCertificate only",
  ],
  [
    "a password over http",
    "{ url: 'http://git.example/x.git', basic: { username: u, passwordFrom: a } }",
    '.basic: found basic, but "http://git.example/x.git" would carry the login in plain text: https is needed (or insecure: true for development)',
  ],
  [
    "a login for a folder",
    "{ url: 'file:///srv/x.git', basic: { username: u, passwordFrom: a } }",
    '.basic: found basic, but "file:///srv/x.git" takes no login: existing: true instead',
  ],
  [
    "a client certificate alone, with Git",
    `{ url: 'https://git.example/x.git', clientCertificate: { certificate: ${JSON.stringify(certificate)}, keyFrom: a } }`,
    ".clientCertificate: found a client certificate alone, but with Git, Argo CD uses one only beside basic, bearer or githubApp",
  ],
  [
    "a key in place of a certificate",
    `{ url: 'https://charts.example', type: helm, clientCertificate: { certificate: ${key}, keyFrom: a } }`,
    ".clientCertificate.certificate: found a private key (not shown), but this field is in plain text: the certificate alone belongs here, and the key into a secret value",
  ],
  [
    "a token as the user",
    `{ url: 'https://git.example/x.git', basic: { username: ${token}, passwordFrom: a } }`,
    ".basic.username: found a token of GitHub (not shown), but it is in plain text here: it belongs into a secret value, and its name into passwordFrom",
  ],
  [
    "an app's name for its id",
    "{ url: 'https://github.com/x/y.git', githubApp: { id: my-app, installation: '0', keyFrom: a, enterpriseUrl: 'http://ghe.example' } }",
    '.githubApp.enterpriseUrl: found "http://ghe.example", but an address such as https://ghe.example/api/v3 is needed here',
    '.githubApp.id: found "my-app", but GitHub\'s ids are numbers, and Argo CD takes no notice of a repository with another',
    '.githubApp.installation: found "0", but GitHub\'s ids are numbers, and Argo CD takes no notice of a repository with another',
  ],
  [
    "an SSH host that Argo CD doesn't know",
    "{ url: 'git@git.example:x.git', ssh: { keyFrom: a } }",
    ".knownHosts: found no key of the host (the default), but Argo CD does not know git.example: give what ssh-keyscan prints for it (or insecure: true for development)",
  ],
  [
    "a port of its own is another host",
    `{ url: 'ssh://git@git.example:2222/x.git', ssh: { keyFrom: a }, knownHosts: ['${host}'] }`,
    ".knownHosts: found keys of other hosts, but a line for [git.example]:2222 is needed here",
  ],
  [
    "a line that is no host's key",
    "{ url: 'git@github.com:x/y.git', ssh: { keyFrom: a }, knownHosts: ['github.com SHA256:abc'] }",
    ".knownHosts[0]: found something else (not shown), but a line as of ssh-keyscan is needed here: github.com ssh-ed25519 AAAA…",
  ],
  [
    "no line of known_hosts, though Argo CD has the repository",
    "{ url: 'git@github.com:x/y.git', existing: true, knownHosts: ['github.com ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMq'] }",
    ".knownHosts[0]: found something else (not shown), but a line as of ssh-keyscan is needed here: github.com ssh-ed25519 AAAA…",
  ],
  [
    "a whole host that is no template",
    "{ url: 'ssh://git@github.com/', ssh: { keyFrom: a } }",
    '.url: found "ssh://git@github.com/", but that is a whole host, which only a template can be for',
  ],
  [
    "a host's key beside insecure",
    `{ url: 'git@git.example:x.git', ssh: { keyFrom: a }, insecure: true, knownHosts: ['${host}'] }`,
    ".knownHosts: found keys of the host, but with insecure: true any key is taken: leave out one or the other",
  ],
  [
    "a host's key for https",
    `{ url: 'https://git.example/x.git', bearer: { tokenFrom: a }, knownHosts: ['${host}'] }`,
    '.knownHosts: found keys of a host, but "https://git.example/x.git" is no SSH address',
  ],
  [
    "charts over SSH",
    "{ url: 'git@github.com:x/y.git', type: helm, ssh: { keyFrom: a } }",
    '.url: found "git@github.com:x/y.git", but a repository of charts has an address such as https://charts.example; one in a registry is of type oci',
  ],
  [
    "a registry over https",
    "{ url: 'https://registry.example/charts', type: oci, existing: true }",
    '.url: found "https://registry.example/charts", but a registry has an address such as oci://registry.example/charts',
  ],
  [
    "Git in a registry",
    "{ url: 'oci://registry.example/charts', existing: true }",
    '.url: found "oci://registry.example/charts", but a Git repository has an address such as https://git.example/team/charts.git or git@git.example:team/charts.git',
  ],
  [
    "LFS of charts",
    "{ url: 'https://charts.example', type: helm, basic: { username: u, passwordFrom: a }, lfs: true }",
    ".lfs: found true, but Git LFS is of Git repositories",
  ],
  [
    "a proxy with a login",
    "{ url: 'https://git.example/x.git', proxy: 'http://me:hunter2@proxy.example', bearer: { tokenFrom: a } }",
    ".proxy: found a login in an address (not shown), but it would stand in plain text in the configuration: a proxy without a login is needed here",
  ],
  [
    "a secret in place of its name",
    `{ url: 'https://git.example/x.git', bearer: { tokenFrom: '${"a/b".repeat(3)}#c' } }`,
    ".bearer.tokenFrom: found a value that may be a secret (not shown), but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)",
  ],
  [
    "logins in an address",
    "{ url: 'https://oauth2:hunter2@git.example/x.git', existing: true }",
    ".url: found a value that may be a secret (not shown), but the address of a repository is needed here, such as ssh://git@git.example/team/charts.git or https://charts.example (without a login or a token in it)",
  ],
  [
    "a key in place of its name",
    `{ url: 'git@github.com:x/y.git', ssh: { keyFrom: ${key} } }`,
    ".ssh.keyFrom: found a value that may be a secret (not shown), but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)",
  ],
  [
    "Argo CD's own Secret",
    "{ url: 'https://git.example/x.git', bearer: { tokenFrom: a }, secret: argocd-secret }",
    '.secret: found "argocd-secret", but Argo CD has a Secret of that name for itself',
  ],
];

refusesArgocd("argocd.repositories.r", rows, (yaml) => `argocd: { repositories: { r: ${yaml} } }`);

const together: readonly Row[] = [
  [
    "one repository twice, as Argo CD compares addresses",
    "{ a: { url: 'git@github.com:Team/x.git', existing: true }, b: { url: 'ssh://git@github.com/team/x', existing: true } }",
    '.b.url: found "ssh://git@github.com/team/x", but argocd.repositories.a is the same one to Argo CD, which takes the login of either',
  ],
  [
    "one Secret for two",
    "{ creds-x: { url: 'https://a.example/x', bearer: { tokenFrom: a } }, x: { url: 'https://b.example', template: true, bearer: { tokenFrom: a } } }",
    '.x.secret: found "repo-creds-x" (the default), but argocd.repositories.creds-x has a Secret of that name: give one of them another',
  ],
];

refusesArgocd("argocd.repositories", together, (yaml) => `argocd: { repositories: ${yaml} }`);

const inVault: readonly Row[] = [
  [
    "insecure with keys in Vault",
    "{ url: 'https://git.example/x.git', bearer: { tokenFrom: 'a/b#c' }, insecure: true }",
    ".insecure: found true, but this is for development, and keys in Vault are not: give knownHosts, or an authority to Argo CD",
  ],
  [
    "a configuration value with keys in Vault",
    "{ url: 'https://git.example/x.git', bearer: { tokenFrom: token } }",
    ".bearer.tokenFrom: found a value that may be a secret (not shown), but with keys in Vault, External Secrets takes it from there: its path below keys.mount, # and its field, such as my-team/argocd#deploy_key",
  ],
];

refusesArgocd("argocd.repositories.r", inVault, (yaml) => `{ ${VAULT}, argocd: { repositories: { r: ${yaml} } } }`);

const accepted: Readonly<Record<string, string>> = {
  "a deploy key for a host that Argo CD ships keys of": "{ url: 'git@github.com:x/y.git', ssh: { keyFrom: a } }",
  "GitHub's SSH over the port of https": "{ url: 'ssh://git@ssh.github.com:443/x/y.git', ssh: { keyFrom: a } }",
  "a host's key": `{ url: 'ssh://git@git.example:22/x.git', ssh: { keyFrom: a }, knownHosts: ['${host}'] }`,
  "a hashed host's key": `{ url: 'git@git.example:x.git', ssh: { keyFrom: a }, knownHosts: ['|1|${host.slice(4)}'] }`,
  "a host's key by a pattern": `{ url: 'git@Git.Example:x.git', existing: true, knownHosts: ['*.example${host.slice(11)}'] }`,
  "a template for a whole host over SSH": `{ url: 'ssh://git@git.example/', template: true, ssh: { keyFrom: a }, knownHosts: ['${host}'] }`,
  "a template for a whole host over HTTPS": "{ url: 'https://git.example/', template: true, bearer: { tokenFrom: a } }",
  "an @ in a path": "{ url: 'https://git.example/@team/x.git', bearer: { tokenFrom: a } }",
  "insecure, for development": "{ url: 'git@git.example:x.git', ssh: { keyFrom: a }, insecure: true }",
  "a folder": "{ url: 'file:///srv/x.git', existing: true }",
  "a public repository behind a proxy": "{ url: 'https://git.example/x.git', proxy: 'http://proxy.example:3128' }",
  "charts of a registry without a scheme": "{ url: registry.example/charts, type: oci, existing: true }",
  "a client certificate for charts": `{ url: 'https://charts.example', type: helm, clientCertificate: { certificate: ${JSON.stringify(certificate)}, keyFrom: a } }`,
};

for (const [title, yaml] of Object.entries(accepted))
  test(`${title} is right`, () => {
    assert.equal(messageFor(`argocd: { repositories: { r: ${yaml} } }`), "(no error)");
  });
