import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiException, type CoreV1Api } from "@kubernetes/client-node";
import { openConfigMap, sizeOf } from "../../../../cli/discover/config-map.ts";

interface Patch {
  metadata: { resourceVersion: string };
  data: Record<string, string>;
}

/** An API server with one ConfigMap, which refuses a patch of another version than it has. */
function makeApi() {
  let data: Record<string, string> = { known: "1" };
  let version = 1;
  let fails: (() => Error) | undefined;
  const patches: Patch[] = [];
  const core = {
    readNamespacedConfigMap: () => Promise.resolve({ data, metadata: { resourceVersion: String(version) } }),
    patchNamespacedConfigMap({ body }: { body: Patch }) {
      patches.push(body);
      if (body.metadata.resourceVersion !== String(version))
        return Promise.reject(new ApiException(409, "", { message: "it has been modified" }, {}));
      if (fails !== undefined) {
        const error = fails();
        fails = undefined;
        return Promise.reject(error);
      }
      data = { ...data, ...body.data };
      version += 1;
      return Promise.resolve({ data, metadata: { resourceVersion: String(version) } });
    },
  };
  return {
    open: () => openConfigMap(core as unknown as CoreV1Api, "nats", "record"),
    patches,
    get data() {
      return data;
    },
    /** Somebody else writes. */
    write(key: string, value: string) {
      data = { ...data, [key]: value };
      version += 1;
    },
    /** The next patch is taken in, or not, and its answer is an error. */
    failNext(error: Error, isTakenIn: boolean) {
      fails = () => {
        if (isTakenIn) {
          data = { ...data, ...patches.at(-1)?.data };
          version += 1;
        }
        return error;
      };
    },
  };
}

test("what comes while a write is under way goes together into the next one", async () => {
  const api = makeApi();
  const record = await api.open();
  await Promise.all(["a", "b", "c", "d"].map((key) => record.write(key, key)));
  assert.deepEqual(
    api.patches.map(({ data }) => Object.keys(data)),
    [["a"], ["b", "c", "d"]],
  );
  assert.deepEqual(api.data, { known: "1", a: "a", b: "b", c: "c", d: "d" });
  assert.deepEqual(Object.fromEntries(record.content), api.data);
});

test("of two values for one entry the later one stays, and its bytes count once", async () => {
  const record = await makeApi().open();
  await Promise.all([record.write("a", "short"), record.write("b", "1"), record.write("b", "22")]);
  await record.write("a", "longer than before");
  assert.equal(record.content.get("b"), "22");
  const expected = [...record.content].reduce((sum, [key, value]) => sum + sizeOf(key, value), 0);
  assert.equal(record.bytes, expected);
});

test("what somebody else wrote is not lost: the write fails, and the content is read again", async () => {
  const api = makeApi();
  const record = await api.open();
  api.write("theirs", "2");
  await assert.rejects(
    record.write("mine", "3"),
    /ConfigMap nats\/record: could not patch configmaps \(409\): it has been modified/,
  );
  assert.deepEqual(Object.fromEntries(record.content), { known: "1", theirs: "2" });
  await record.write("mine", "3");
  assert.deepEqual(api.data, { known: "1", theirs: "2", mine: "3" });
});

test("after an answer that was lost it is known what became of the write", async () => {
  for (const isTakenIn of [true, false]) {
    const api = makeApi();
    const record = await api.open();
    api.failNext(new Error("socket hang up"), isTakenIn);
    await assert.rejects(record.write("mine", "3"), /the API server does not answer \(socket hang up\)/);
    assert.equal(record.content.has("mine"), isTakenIn);
    await record.write("more", "4");
    assert.equal(api.data.more, "4");
  }
});
