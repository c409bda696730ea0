/**
 * How long it takes to make users that can connect: derive the key, sign the JWT, write the credentials file.
 * Ours against `nsc add user`, which does the same work, in one run on one machine: `npm run bench users`.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseCreds } from "../nats/creds.ts";
import { verifyJwt } from "../nats/jwt.ts";
import { encodeSeed, signerOf, type KeyKind, type Signer } from "../nats/nkeys.ts";
import { issueUser, userIssuer, type IssuedUser } from "../nats/users.ts";
import { binary } from "../test/servers/binaries.ts";

const USERS = 1000;
const MANY_USERS = 10_000;

interface Row {
  readonly what: string;
  readonly users: number;
  readonly milliseconds: number;
}

function timed(what: string, users: number, work: () => void): Row {
  const start = performance.now();
  work();
  return { what, users, milliseconds: performance.now() - start };
}

/** An operator, an account and a scoped signing key in nsc's own folders, then its users one by one, as its scripts do it. */
function withNsc(folder: string): Row {
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  const folders = ["config", "data", "keystore"].flatMap((kind) => [`--${kind}-dir`, join(folder, kind)]);
  const nsc = (...args: string[]): unknown =>
    execFileSync(binary("nsc"), [...folders, ...args], { env, stdio: "pipe" });
  nsc("add", "operator", "--name", "bench");
  nsc("add", "account", "--name", "bench");
  nsc("edit", "signing-key", "--account", "bench", "--role", "worker", "--sk", "generate", "--allow-pub", "orders.>");
  const row = timed("nsc add user", USERS, () => {
    for (let number = 0; number < USERS; number++) {
      nsc("add", "user", "--account", "bench", "--name", `user-${number}`, "--private-key", "worker");
    }
  });
  const made = join(folder, "keystore", "creds", "bench", "bench");
  if (readdirSync(made).length !== USERS)
    throw new Error(`nsc made ${readdirSync(made).length} credentials files, not ${USERS}`);
  verifyJwt(parseCreds(readFileSync(join(made, "user-0.creds"), "utf8")).jwt);
  return row;
}

/** Users with a scoped signing key, made by us; what is made goes to `keep`. */
function withOurs(what: string, users: number, keep: (user: IssuedUser, name: string) => void): Row {
  const key = (kind: KeyKind): Signer => signerOf(encodeSeed(kind, randomBytes(32)));
  const account = key("account");
  const signer = key("account");
  const root = randomBytes(32);
  const issuedAt = Math.floor(Date.now() / 1000);
  return timed(what, users, () => {
    const issuer = userIssuer(account.publicKey, root);
    for (let number = 0; number < users; number++) {
      const name = `user-${number}`;
      keep(issueUser(issuer, { name, rotation: 0, signer, issuedAt }), name);
    }
  });
}

const folder = mkdtempSync(join(tmpdir(), "bench-users-"));
try {
  let length = 0;
  const rows = [
    withOurs("ours, each credentials file written", USERS, ({ creds }, name) => {
      writeFileSync(join(folder, `${name}.creds`), creds, { mode: 0o600 });
    }),
    withOurs("ours, in memory", USERS, ({ creds }) => (length += creds.length)),
    withOurs("ours, in memory", MANY_USERS, ({ creds }) => (length += creds.length)),
    withNsc(folder),
  ];
  if (length === 0) throw new Error("nothing was made");
  const each = ({ milliseconds, users }: Row): number => milliseconds / users;
  const slowest = Math.max(...rows.map(each));
  console.log(
    "| users made by | users | total ms | µs each | times faster than nsc |\n| --- | ---: | ---: | ---: | ---: |",
  );
  for (const row of rows) {
    const cells = [
      row.what,
      row.users,
      row.milliseconds.toFixed(0),
      (each(row) * 1000).toFixed(0),
      (slowest / each(row)).toFixed(0),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
