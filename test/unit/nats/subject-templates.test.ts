import assert from "node:assert/strict";
import { test } from "node:test";
import { filledIn, missingTag } from "../../../nats/subject-templates.ts";

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

test("a tag that a user has not is named, and no template that the servers know better", () => {
  assert.equal(missingTag("a.{{tag(room)}}.{{tag(floor)}}", user), "{{tag(floor)}}");
  assert.equal(missingTag("{{account-tag(team)}}.>", user), "{{account-tag(team)}}");
  for (const subject of ["a.>", "{{name()}}.{{tag(room)}}", "{{subject()}}.{{tag(room)}}.>"])
    assert.equal(missingTag(subject, user), undefined);
});
