import assert from "node:assert/strict";
import { test } from "node:test";
import { filledIn } from "../../../nats/subject-templates.ts";

const user = { name: "porch", account: "IOT", tags: ["room:hall", "room:attic", "new"] };

test("a template is filled in with what is known of the user, once for each value of a tag", () => {
  assert.deepEqual(filledIn("sensors.>", user), ["sensors.>"]);
  assert.deepEqual(filledIn("{{account-name()}}.{{name()}}.>", user), ["IOT.porch.>"]);
  assert.deepEqual(filledIn("{{tag(room)}}.{{name()}}", user), ["hall.porch", "attic.porch"]);
});

test("a template of a key, or of a tag that the user has not, gives no subject", () => {
  assert.deepEqual(filledIn("{{subject()}}.>", user), []);
  assert.deepEqual(filledIn("{{tag(floor)}}.>", user), []);
});
