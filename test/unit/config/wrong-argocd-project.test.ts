import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cronProblem } from "../../../config/argocd/cron.ts";
import { zoneProblem } from "../../../config/argocd/time-zones.ts";
import { messageFor, refusesArgocd, type Row } from "./wrong-argocd.ts";

/** What is wrong, the project in YAML, and every line of the error after the first: without the project's path. */
const rows: readonly Row[] = [
  [
    "the project that permits everything",
    "{ name: default }",
    '.name: found "default", but Argo CD makes that one, and it permits everything: a project of its own is needed here',
  ],
  [
    "a destination in a cluster that there isn't",
    "{ destinations: [{ cluster: eu-*, namespace: x }, { cluster: in-*, namespace: x }] }",
    '.destinations[0].cluster: found "eu-*", but argocd.clusters has only the cluster in-cluster',
  ],
  [
    "a pattern of no repository",
    "{ repositories: ['!*', 'https://me:hunter2@git.example/x'] }",
    ".repositories[0]: found something else (not shown), but the address of a repository, or a pattern of some, is needed here",
    ".repositories[1]: found something else (not shown), but the address of a repository, or a pattern of some, is needed here",
  ],
  [
    "a schedule of six fields",
    "{ windows: [{ kind: deny, schedule: '0 0 22 * * *', duration: 1h }] }",
    '.windows[0].schedule: found "0 0 22 * * *", but a schedule has five fields: minute, hour, day of the month, month, day of the week',
  ],
  [
    "a seventh day",
    "{ windows: [{ kind: deny, schedule: '0 22 * * 7', duration: 1h }] }",
    '.windows[0].schedule: found "0 22 * * 7", but the day of the week is 0 to 6 or sun, mon, tue, wed, thu, fri, sat, *, a list such as 1,3, a range such as 1-5 or a step such as */2',
  ],
  [
    "a time zone by another name",
    "{ windows: [{ kind: deny, schedule: '0 22 * * *', duration: 1h, timeZone: europe/berlin }] }",
    '.windows[0].timeZone: found "europe/berlin", but a time zone is needed here as the IANA names it, such as Europe/Berlin or UTC; did you mean Europe/Berlin?',
  ],
  [
    "time zones whose names Go does not know",
    "{ windows: [{ kind: deny, schedule: '0 1 * * *', duration: 1h, timeZone: us/pacific }, { kind: deny, schedule: '0 1 * * *', duration: 1h, timeZone: est5edt }, { kind: deny, schedule: '0 1 * * *', duration: 1h, timeZone: Asia/Calcutta }] }",
    '.windows[0].timeZone: found "us/pacific", but a time zone is needed here as the IANA names it, such as Europe/Berlin or UTC; did you mean America/Los_Angeles?',
    '.windows[1].timeZone: found "est5edt", but a time zone is needed here as the IANA names it, such as Europe/Berlin or UTC; did you mean America/New_York?',
    '.windows[2].timeZone: found "Asia/Calcutta", but a time zone is needed here as the IANA names it, such as Europe/Berlin or UTC; did you mean Asia/Kolkata?',
  ],
  [
    "a day that never comes",
    "{ windows: [{ kind: deny, schedule: '0 0 30 2 *', duration: 1h }] }",
    '.windows[0].schedule: found "0 0 30 2 *", but this day is in none of these months: it would never come',
  ],
  [
    "no time zone",
    "{ windows: [{ kind: deny, schedule: '0 22 * * *', duration: 1h, timeZone: '+01:00' }, { kind: deny, schedule: '0 22 * * *', duration: 1h, timeZone: Mars/Base }] }",
    '.windows[0].timeZone: found "+01:00", but a time zone is needed here as the IANA names it, such as Europe/Berlin or UTC',
    '.windows[1].timeZone: found "Mars/Base", but a time zone is needed here as the IANA names it, such as Europe/Berlin or UTC',
  ],
  [
    "a window of nothing",
    "{ windows: [{ kind: deny, schedule: '0 22 * * *', duration: 1h, applications: [] }] }",
    '.windows[0].applications: found an empty list, but a window without Applications is refused by Argo CD: "*" means all',
  ],
  [
    "a window twice",
    "{ windows: [{ kind: deny, schedule: '0 22 * * *', duration: 1h }, { kind: deny, schedule: '0 22 * * *', duration: 60m, manualSync: true }] }",
    ".windows[1]: found a window, but windows[0] is the same, and Argo CD refuses both",
  ],
  [
    "roles that Argo CD refuses",
    "{ roles: { ci: { groups: [a, a, 'b,c', '\"b,c\"'], allow: [sync, sync] }, none: { allow: [] } } }",
    '.roles.ci.allow[1]: found "sync", but it stands here twice, which Argo CD refuses',
    '.roles.ci.groups[1]: found "a", but it stands here twice, which Argo CD refuses',
    '.roles.ci.groups[2]: found "b,c", but a group has no quotes, tabs, line breaks, or spaces at its ends, and with a comma stands in quotes of its own',
    ".roles.none.allow: found an empty list, but a role that may do nothing is of no use: get, at least",
  ],
];

refusesArgocd("argocd.project", rows, (yaml) => `argocd: { project: ${yaml} }`);

const subscriptions: readonly Row[] = [
  [
    "a subscription whose annotation is too long",
    `[{ trigger: ${"t".repeat(40)}, service: ${"s".repeat(13)}, recipients: [a] }]`,
    `[0]: found trigger and service that make subscribe.${"t".repeat(40)}.${"s".repeat(13)} (64 characters), but that is the name of an annotation, which has at most 63: shorten one of them`,
  ],
  [
    "subscriptions of nobody, twice, and of a secret",
    "[{ trigger: t, service: slack, recipients: [] }, { trigger: t, service: slack, recipients: [a;b, 'xoxb-123456789012-abcdef'] }]",
    "[0].recipients: found an empty list, but somebody has to be told",
    '[1]: found trigger "t" and service "slack", but argocd.notifications[0] has them: name all recipients there',
    '[1].recipients[0]: found "a;b", but a channel or an address is needed here, each by itself: what is secret is in argocd-notifications-secret',
    "[1].recipients[1]: found a token of Slack (not shown), but a channel or an address is needed here, each by itself: what is secret is in argocd-notifications-secret",
  ],
];

refusesArgocd("argocd.notifications", subscriptions, (yaml) => `argocd: { notifications: ${yaml} }`);

for (const zone of ["UTC", "Etc/GMT-14", "Asia/Kolkata", "Europe/Kyiv", "America/Port-au-Prince"])
  test(`the time zone ${zone} is right`, () => {
    assert.equal(zoneProblem(zone), undefined);
  });

test("a zone by an old name is right, and so is a group with a comma in quotes", () => {
  const window = "{ kind: allow, schedule: '*/5 8-18 * * MON-fri', duration: 1h30m, timeZone: America/Los_Angeles }";
  const project = `{ windows: [${window}], roles: { ci: { groups: ['"CN=a,DC=b"', a b] } } }`;
  assert.equal(messageFor(`argocd: { project: ${project} }`), "(no error)");
});

for (const right of [
  "* * * * *",
  "0 22 * * 1-5",
  "*/15 0-23/2 1,15 JAN,jul ?",
  "5/10 0 31 12 sat",
  "  0  0 1 1 0 ",
  "0 0 29 2 *",
  "0 0 31 4 mon",
  "0 0 31 */2 ?",
  "0 0 30,1 feb *",
  "0 0 31 2 */2",
])
  test(`the schedule ${JSON.stringify(right)} is right`, () => {
    assert.equal(cronProblem(right), undefined);
  });

for (const wrong of [
  "",
  "@daily",
  "* * * *",
  "60 * * * *",
  "* 24 * * *",
  "* * 0 * *",
  "* * * 13 *",
  "5-1 * * * *",
  "*/0 * * * *",
  "* * * * mon-xyz",
  "1--2 * * * *",
  "1/2/3 * * * *",
  "jan * * * *",
  "TZ=UTC 0 0 * * *",
  "1, * * * *",
  "0 0 31 4 *",
  "0 0 30-31 feb ?",
  "0 0 31/2 4,jun,9-11/2 */1",
])
  test(`the schedule ${JSON.stringify(wrong)} is refused`, () => {
    assert.notEqual(cronProblem(wrong), undefined);
  });

test("no text makes the check of schedules fail", () => {
  fc.assert(fc.property(fc.string(), (text) => cronProblem(text) === undefined || cronProblem(text) !== ""));
});
