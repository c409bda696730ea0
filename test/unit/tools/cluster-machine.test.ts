import assert from "node:assert/strict";
import { test } from "node:test";
import { freeRange } from "../../../tools/cluster/addresses.ts";
import { missingPackages, type DebianProgram } from "../../../tools/debian.ts";
import { until } from "../../../tools/cluster/wait.ts";

test("a test cluster takes addresses that no route of the machine knows", () => {
  assert.equal(freeRange("default via 192.0.2.1 dev eth0").all, "10.201.0.0/16");
  assert.equal(freeRange("10.201.0.0/16 via 10.201.0.2\n10.202.7.0/24 dev x").all, "10.203.0.0/16");
  assert.equal(freeRange("110.201.0.0/16 dev x\n10.20.1.0/24 dev y").all, "10.201.0.0/16");
});

test("a machine on which every range is taken is told so", () => {
  const routes = Array.from({ length: 256 }, (_, second) => `10.${String(second)}.0.0/16 dev x`).join("\n");
  assert.throws(() => freeRange(routes), /every range from 10\.201 to 10\.250 is in a route/);
});

test("only the packages of missing programs are asked for, each once", () => {
  const programs: readonly DebianProgram[] = [
    ["containerd", "containerd"],
    ["ctr", "containerd"],
    ["iptables", "iptables"],
    ["ip", "iproute2"],
  ];
  assert.deepEqual(
    missingPackages(programs, () => true),
    [],
  );
  assert.deepEqual(
    missingPackages(programs, (file) => !["containerd", "ctr", "iptables"].includes(file)),
    ["containerd", "iptables"],
  );
});

test("waiting ends with the first answer, and in vain with what was last heard and known", async () => {
  const answers = [undefined, false, "there"] as const;
  let asked = 0;
  assert.equal(await until("an answer", () => answers[asked++], { seconds: 5 }), "there");
  const refuse = () => {
    throw new Error("not yet");
  };
  await assert.rejects(until("it answers", refuse, { seconds: 0.3, explain: () => "the log" }), {
    message: "it answers: not so after 0.3 s: not yet\nthe log",
  });
});
