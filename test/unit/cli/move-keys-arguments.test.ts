import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readArguments } from "../../../cli/move-keys/arguments.ts";
import { Trouble } from "../../../tools/project.ts";

describe("the arguments of move-keys", () => {
  for (const [args, expected] of [
    [["--stack", "dev"], { stack: "dev", removeOld: false }],
    [["-s", "prod", "--remove-old"], { stack: "prod", removeOld: true }],
    [["--remove-old", "--stack=team/project/prod"], { stack: "team/project/prod", removeOld: true }],
  ] as const) {
    test(`${args.join(" ")} is understood`, () => {
      assert.deepEqual(readArguments(args), expected);
    });
  }

  for (const [args, problem] of [
    [[], /^found no --stack, but the stack has to be named\nusage: .*move-keys --stack STACK \[--remove-old\]$/],
    [["--stack="], /^found no --stack/],
    [["dev"], /Unexpected argument 'dev'[^]*usage: /],
    [["--stack", "dev", "--remove"], /Unknown option '--remove'[^]*usage: /],
    [["--stack"], /argument missing[^]*usage: /],
  ] as const) {
    test(`${args.length === 0 ? "nothing" : args.join(" ")} is refused with the usage`, () => {
      assert.throws(
        () => readArguments(args),
        (error) => error instanceof Trouble && problem.test(error.message),
      );
    });
  }
});
