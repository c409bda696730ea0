import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { checkpointFiles, outdated, removeFiles } from "../../../cli/move-keys/checkpoints.ts";

const folder = mkdtempSync(join(tmpdir(), "checkpoints-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a file with these ciphertexts where a secret stands in a state. */
function write(path: string, ciphertexts: readonly string[]): string {
  return writeText(
    path,
    JSON.stringify({ resources: ciphertexts.map((ciphertext) => ({ outputs: { a: { ciphertext } } })) }),
  );
}

function writeText(path: string, text: string): string {
  const file = join(folder, ".pulumi", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe("checkpoints of earlier updates", () => {
  test("one goes if it holds anything secret that the state does not; the rest, and other stacks', stay", () => {
    write("stacks/p/dev.json", ["a", "b"]);
    const gone = [
      write("stacks/p/dev.json.bak", ["a", "old"]),
      write("backups/p/dev/dev.1.json", ["old"]),
      write("history/p/dev/dev-1.checkpoint.json", ["b", "older"]),
      writeText("history/p/dev/dev-1.history.json", '{"config":{"seed":{"secure":"old"}}}'),
      writeText("backups/p/dev/dev.2.json.gz", "unreadable"),
    ];
    const kept = [
      write("backups/p/dev/dev.3.json", ["b"]),
      writeText("history/p/dev/dev-3.history.json", '{"config":{"plain":"old"}}'),
    ];
    const others = [write("stacks/p/dev2.json", ["old"]), write("backups/p/prod/prod.1.json", ["old"])];
    const files = checkpointFiles(`${pathToFileURL(folder).href}?metadata=skip`, "p", "dev");
    assert.deepEqual([...files.earlier].sort(), [...gone, ...kept].sort());
    assert.deepEqual(outdated(files).sort(), [...gone].sort());
    removeFiles(outdated(files));
    assert.deepEqual(
      [...gone, ...kept, ...others, files.current].filter((file) => existsSync(file)),
      [...kept, ...others, files.current],
    );
  });

  test("where the state can't be read, nothing is taken for outdated", () => {
    writeText("stacks/q/dev.json", "broken");
    write("backups/q/dev/dev.1.json", ["a"]);
    assert.throws(() => outdated(checkpointFiles(pathToFileURL(folder).href, "q", "dev")), /stacks\/q\/dev\.json/);
  });
});
