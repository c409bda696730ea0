import assert from "node:assert/strict";
import { test } from "node:test";
import type { ControllerSettings } from "../../../../components/discovery/settings.ts";
import type { Request } from "../../../../cli/discover/request.ts";
import type { Reason } from "../../../../cli/discover/refusal.ts";
import { isSameWish, judge, wishId, type Wish } from "../../../../cli/discover/wish.ts";
import { accountWith, operator, PREFIX, requestWith, settingsWith } from "./samples.ts";

function wishOf(request: Request, settings: ControllerSettings = settingsWith()): Wish {
  const judgement = judge(request, settings);
  assert.ok("wish" in judgement, JSON.stringify(judgement));
  return judgement.wish;
}

const annotated = (words: Record<string, string>) => ({
  annotations: Object.fromEntries(Object.entries(words).map(([word, value]) => [`${PREFIX}${word}`, value])),
});

test("labels say which account and role; without a role it is the whole account", () => {
  assert.deepEqual(wishOf(requestWith()), { account: "SERVICES", isDefaultInstallation: true });
  assert.deepEqual(wishOf(requestWith({ role: "worker", installation: operator, "credential-type": "user" })), {
    account: "SERVICES",
    role: "worker",
    isDefaultInstallation: false,
  });
});

test("a NACK Account is the account of its own name, or of its label, for names that Kubernetes can't write", () => {
  const settings = settingsWith({ accounts: { ...settingsWith().accounts, plain: accountWith().account } });
  const nack = { kind: "Account" as const, name: "plain" };
  assert.equal(wishOf(requestWith({ account: undefined }, nack), settings).account, "plain");
  assert.equal(wishOf(requestWith({ account: "SERVICES" }, nack), settings).account, "SERVICES");
});

test("permissions of annotations are the same whatever their order and spaces, and no list is none", () => {
  const one = wishOf(requestWith({ role: "x" }, annotated({ publish: "b.>,\n a , a", subscribe: "q.* workers" })));
  assert.deepEqual(one.own, { publish: ["a", "b.>"], subscribe: ["q.* workers"] });
  const other = wishOf(requestWith({ role: "y" }, annotated({ publish: "a,b.>", subscribe: "q.* workers" })));
  assert.ok(isSameWish(wishId(one), wishId(other)));
  const third = wishOf(requestWith({ role: "x" }, annotated({ publish: "a" })));
  assert.deepEqual(third.own, { publish: ["a"], subscribe: [] });
  assert.ok(!isSameWish(wishId(one), wishId(third)));
});

test("annotations are not read where the account has the role", () => {
  const wish = wishOf(requestWith({ role: "worker" }, annotated({ publish: "not..a subject" })));
  assert.deepEqual(wish, { account: "SERVICES", role: "worker", isDefaultInstallation: true });
});

test("a listed role, and only that, may be asked for where an allow entry lists roles; another entry may allow more", () => {
  const listing = accountWith({
    allow: [
      { namespaces: ["orders"], roles: ["worker"] },
      { namespaces: ["ord*"], roles: ["auditor"] },
      { namespaces: ["free"] },
      { namespaces: ["free"], roles: ["worker"] },
    ],
  });
  const settings = settingsWith({ accounts: { SERVICES: listing.account } });
  const can = (words: Record<string, string>, namespace: string, annotations = {}) =>
    "wish" in judge(requestWith(words, { namespace, ...annotations }), settings);
  assert.ok(can({ role: "worker" }, "orders"));
  assert.ok(can({ role: "auditor" }, "orders"));
  assert.ok(!can({ role: "worker" }, "ord-2"));
  assert.ok(!can({}, "orders"));
  assert.ok(!can({ role: "mine" }, "orders", annotated({ publish: "a" })));
  assert.ok(can({}, "free"));
  assert.ok(can({ role: "mine" }, "free", annotated({ publish: "a" })));
});

const refusals: [title: string, request: Request, reason: Reason, message: string, settings?: ControllerSettings][] = [
  [
    "no installation where none is the default",
    requestWith(),
    "MissingInstallationLabel",
    `found no label ${PREFIX}installation, but it is needed: this operator is ${operator}, and there is no default installation here`,
    settingsWith({ defaultInstallation: false }),
  ],
  [
    "another installation",
    requestWith({ installation: "elsewhere" }),
    "InvalidInstallationLabel",
    `label ${PREFIX}installation: found "elsewhere", but this operator is ${operator}`,
  ],
  [
    "a seed in place of a public key, which is not repeated",
    requestWith({ installation: "SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4" }),
    "InvalidInstallationLabel",
    `label ${PREFIX}installation: found "SU… (58 characters, not shown)", but this operator is ${operator}`,
  ],
  [
    "no account",
    requestWith({ account: undefined }),
    "MissingAccountLabel",
    `found no label ${PREFIX}account, but it must name the account to connect to`,
  ],
  [
    "an account that others may have",
    requestWith({ account: "BILLING" }),
    "ErrorK8sAccessNotAllowed",
    "namespace: found orders, but account BILLING allows only billing in region east (accounts.BILLING.allow)",
  ],
  [
    "an account that is misspelt, without the names of those that are not for this namespace",
    requestWith({ account: "SERVICE" }),
    "ErrorK8sAccessNotAllowed",
    'account: found "SERVICE", but namespace orders may have only the account SERVICES (regions.east.discovery.accounts, accounts.*.allow)',
  ],
  [
    "an account of a name that every object has",
    requestWith({ account: "constructor" }),
    "ErrorK8sAccessNotAllowed",
    'account: found "constructor", but namespace orders may have only the account SERVICES (regions.east.discovery.accounts, accounts.*.allow)',
  ],
  [
    "annotations without a role",
    requestWith({}, annotated({ publish: "a" })),
    "MissingRoleLabel",
    `found annotations ${PREFIX}publish or ${PREFIX}subscribe, but they need a label ${PREFIX}role beside them, with a name that is no role of account SERVICES`,
  ],
  [
    "an unknown role without annotations",
    requestWith({ role: "wrker" }),
    "ErrorCreatingUserAuth",
    `label ${PREFIX}role: found "wrker", but account SERVICES has only the roles auditor and worker; did you mean worker? (accounts.SERVICES.roles), and no annotations say what it may do`,
  ],
  [
    "a queue group where messages are published",
    requestWith({ role: "x" }, annotated({ publish: "a b" })),
    "ErrorCreatingUserAuth",
    `annotation ${PREFIX}publish: found "a b", but a subject cannot contain a space`,
  ],
  [
    "a template outside of a role",
    requestWith({ role: "x" }, annotated({ subscribe: "a.{{name()}}" })),
    "ErrorCreatingUserAuth",
    `annotation ${PREFIX}subscribe: found "a.{{name()}}", but {{…}} works only in the template of a scoped signing key, opened and closed`,
  ],
  [
    "a type of credentials that there is none of",
    requestWith({ "credential-type": "account" }),
    "ErrorCreatingUserAuth",
    `label ${PREFIX}credential-type: found "account", but only user is known`,
  ],
  [
    "a Secret that something else writes",
    requestWith(),
    "ErrorUpsertingSecret",
    "Secret orders/mine is written by user u of account A: choose another name",
    settingsWith({ taken: [{ namespace: "orders", secret: "mine", by: "user u of account A" }] }),
  ],
  [
    "a user that the configuration names",
    requestWith({ secret: "my.nats" }),
    "ErrorCreatingUserAuth",
    "accounts.SERVICES.users.east_orders_my_nats has the name that the user for this Secret would have: choose another name",
    settingsWith({ accounts: { SERVICES: accountWith({ users: ["east_orders_my_nats"] }).account } }),
  ],
];

for (const [title, request, reason, message, settings] of refusals) {
  test(`refused: ${title}`, () => {
    assert.deepEqual(judge(request, settings ?? settingsWith()), { refusal: { reason, message } });
  });
}
