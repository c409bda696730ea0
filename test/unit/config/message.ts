import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

/** What a person reads when the program refuses its configuration. */
export function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), "a RunError has no stack trace");
    return error.message;
  }
  return "(no error)";
}
