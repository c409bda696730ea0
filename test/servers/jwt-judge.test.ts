import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { accountClaims } from "../../nats/claims/account.ts";
import { signJwt } from "../../nats/jwt.ts";
import type { Signer } from "../../nats/nkeys.ts";
import { issueUser, userIssuer } from "../../nats/users.ts";
import { ISSUED_AT, keys, sampleAccount, sampleOperator, sampleScopedUser, sampleUser } from "../unit/nats/samples.ts";
import { binary } from "./binaries.ts";

/** nsc with folders of its own, and what it answered. */
interface Nsc {
  run(...args: string[]): { ok: boolean; output: string };
  /** Writes a file that nsc can read and returns its path. */
  file(name: string, content: string): string;
}

function freshNsc(context: TestContext): Nsc {
  const home = mkdtempSync(join(tmpdir(), "nsc-judge-"));
  context.after(() => {
    rmSync(home, { recursive: true });
  });
  const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  const folders = ["config", "data", "keystore"].flatMap((kind) => [`--${kind}-dir`, join(home, kind)]);
  return {
    run(...args) {
      const { status, stdout, stderr, error } = spawnSync(binary("nsc"), [...folders, ...args], {
        env,
        encoding: "utf8",
      });
      if (error !== undefined) throw error;
      return { ok: status === 0, output: stdout + stderr };
    },
    file(name, content) {
      const path = join(home, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    },
  };
}

/** Imports the operator first; nsc answers nothing without one. */
function importOperator(nsc: Nsc): void {
  accepted(
    nsc.run("add", "operator", "--url", nsc.file("operator.jwt", signJwt(sampleOperator(), keys.operator, ISSUED_AT))),
  );
}

function accepted({ ok, output }: { ok: boolean; output: string }): string {
  assert.ok(ok, output);
  assert.doesNotMatch(output, /\[ERR|error/i);
  return output;
}

function refused({ ok, output }: { ok: boolean; output: string }, reason: RegExp): void {
  assert.ok(!ok, output);
  assert.match(output, reason);
}

/** Claims that {@link signJwt} would refuse, signed all the same. */
function forged(claims: object, signer: Signer): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "JWT", alg: "ed25519-nkey" })}.${part({ iss: signer.publicKey, iat: ISSUED_AT, ...claims })}`;
  return `${signed}.${Buffer.from(signer.sign(Buffer.from(signed))).toString("base64url")}`;
}

const ROOT = new Uint8Array(32).fill(1);

test("nsc imports the whole chain of trust and finds no issue in it", (context) => {
  const nsc = freshNsc(context);
  importOperator(nsc);

  const system = accountClaims({
    sub: keys.otherAccount.publicKey,
    name: "SYS",
    nats: { signing_keys: [keys.accountSigning.publicKey] },
  });
  for (const [name, claims] of [
    ["SYS", system],
    ["SERVICES", sampleAccount()],
  ] as const) {
    const path = nsc.file(`${name}.jwt`, signJwt(claims, keys.operatorSigning, ISSUED_AT));
    assert.match(
      accepted(nsc.run("import", "account", "--file", path)),
      new RegExp(`account ${name} was successfully imported`),
    );
  }

  const issuer = userIssuer(keys.account.publicKey, ROOT);
  const worker = issueUser(issuer, { name: "worker-1", rotation: 0, signer: keys.role, issuedAt: ISSUED_AT });
  const plain = issueUser(issuer, {
    name: "plain",
    rotation: 2,
    signer: keys.accountSigning,
    issuedAt: ISSUED_AT,
    own: { bearer_token: true },
  });
  for (const [name, { creds }] of [
    ["worker-1", worker],
    ["plain", plain],
  ] as const) {
    const output = accepted(nsc.run("import", "user", "--file", nsc.file(`${name}.creds`, creds)));
    assert.match(output, /key stored/);
    assert.match(output, new RegExp(`user ${name} was successfully imported`));
  }

  const output = accepted(nsc.run("validate", "--all-accounts"));
  assert.equal(output.match(/No issues found/g)?.length, 3, output);
  const described = accepted(nsc.run("describe", "user", "--account", "SERVICES", "--name", "worker-1"));
  assert.match(described, new RegExp(worker.publicKey));
  assert.match(described, /Issuer Scoped +\| Yes/);
});

test("Go's own validation finds nothing in any JWT that we sign", (context) => {
  const nsc = freshNsc(context);
  importOperator(nsc);
  const jwts = [
    signJwt(sampleOperator(), keys.operator, ISSUED_AT),
    signJwt(sampleAccount(), keys.operatorSigning, ISSUED_AT),
    signJwt(
      sampleAccount({ limits: { tiered_limits: { R1: { disk_storage: -1 }, R3: { mem_storage: 1, streams: 2 } } } }),
      keys.operatorSigning,
      ISSUED_AT,
    ),
    signJwt(sampleUser({ allowed_connection_types: ["MQTT"], proxy_required: true }), keys.accountSigning, ISSUED_AT),
    signJwt(sampleScopedUser(), keys.role, ISSUED_AT),
  ];
  for (const [index, jwt] of jwts.entries()) {
    const output = accepted(nsc.run("validate", "--file", nsc.file(`${index}.jwt`, jwt)));
    // An issue of any weight is a numbered row.
    assert.doesNotMatch(output, /^\| *\d+ *\|/m, output);
    accepted(nsc.run("describe", "jwt", "--file", nsc.file(`${index}.jwt`, jwt)));
  }
});

test("the commands that accept our JWTs refuse broken ones", (context) => {
  const nsc = freshNsc(context);
  importOperator(nsc);
  const good = signJwt(sampleAccount(), keys.operatorSigning, ISSUED_AT);
  const [head = "", body = "", tail = ""] = good.split(".");
  const changed = Buffer.from(body, "base64url").toString().replace("SERVICES", "SERVICE2");
  const tampered = nsc.file("tampered.jwt", `${head}.${Buffer.from(changed).toString("base64url")}.${tail}`);
  refused(nsc.run("import", "account", "--file", tampered), /claim failed V2 signature verification/);
  refused(nsc.run("validate", "--file", tampered), /claim failed V2 signature verification/);
  refused(nsc.run("describe", "jwt", "--file", tampered), /claim failed V2 signature verification/);

  const overlapping = sampleAccount({
    exports: [
      { subject: "a.>", type: "stream" },
      { subject: "a.b", type: "stream" },
    ],
  });
  const illegal = nsc.file("illegal.jwt", forged(overlapping, keys.operatorSigning));
  refused(nsc.run("import", "account", "--file", illegal), /already exports/);
  refused(nsc.run("validate", "--file", illegal), /already exports/);

  const foreign = nsc.file(
    "foreign.jwt",
    signJwt({ ...sampleAccount(), name: "FOREIGN" }, keys.foreignOperator, ISSUED_AT),
  );
  refused(nsc.run("import", "account", "--file", foreign), /can only import account signed by same operator/);
});
