import { basename } from "node:path";
import { PROJECT } from "../tools/project.ts";
import { withSession, type Session } from "../tools/session.ts";
import { stackFile } from "../tools/stack-file.ts";
import { readPlatform } from "./local/stack.ts";
import { readArguments, type MoveArguments } from "./move-keys/arguments.ts";
import { copyKeys } from "./move-keys/copy.ts";
import { assertStackFollowed, removeFromState, removeFromVault } from "./move-keys/old-copy.ts";
import { assertMoved, planMove, storeInWords, type Plan } from "./move-keys/plan.ts";
import { readState, type State } from "./move-keys/state.ts";
import { updateKeys } from "./move-keys/update.ts";
import { verifyJwts, verifyKeys } from "./move-keys/verify.ts";

/**
 * `npm run cli -- move-keys --stack STACK [--remove-old]`: moves keys between the state and a Vault, as they are. Each stage can be run
 * again after whatever happened in it, and the old copy goes last.
 */
export async function moveKeys(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  // What is wrong in the file is said before anything is built.
  readPlatform(PROJECT, asked.stack);
  return withSession(["--stack", asked.stack], async (session) => {
    await move(session, asked);
    return 0;
  });
}

async function move(session: Session, { stack, removeOld }: MoveArguments): Promise<void> {
  const file = basename(stackFile(PROJECT, stack));
  const platform = readPlatform(PROJECT, stack);
  const before = await readState(session);
  const plan = planMove(platform, before.keys, file);
  if (removeOld) assertMoved(plan, stack);
  const { from, to, keys, left } = plan;
  console.log(`1. Plan: the keys of stack ${stack} go from ${storeInWords(from)} to ${storeInWords(to)}.`);
  console.log(
    `   ${keys.length} keys: ${left.length} still in ${from.store}, ${keys.length - left.length} in the new store.`,
  );

  await copy(plan);
  const after = await update(session, plan, before);
  const moved = planMove(platform, after.keys, file);
  const materials = await verifyKeys(moved);
  verifyJwts(before.jwts, after.jwts);
  console.log(
    `4. Verify: ${keys.length} keys in the new store are the ones that the state names; ` +
      `${Object.keys(after.jwts).length} JWTs are the same to the byte.`,
  );

  if (!removeOld) {
    console.log(`5. Old copy: kept. Next:\n${nextSteps(stack)}`);
    return;
  }
  await assertStackFollowed(session, moved, after, materials);
  const done = from.store === "state" ? removeFromState(session) : await removeFromVault(moved, from);
  console.log(`5. Old copy: ${done.join("\n   ")}`);
  console.log(`The move is over: take keys.movedFrom out of ${file}.`);
  if (from.store === "state" && session.facts.hasSecrets) {
    console.log(`${file} holds encrypted values: take adopted seeds out of it too (pulumi config rm).`);
  }
}

async function copy(plan: Plan): Promise<void> {
  if (plan.to.store === "state") {
    console.log("2. Copy: the state is written by the update itself.");
    return;
  }
  if (plan.left.length === 0) {
    console.log("2. Copy: nothing to copy.");
    return;
  }
  console.log(`2. Copy: writing ${plan.left.length} keys, each of them once.`);
  await copyKeys(plan);
  console.log(`   ${plan.left.length} keys are there, and each was read back.`);
}

async function update(session: Session, { left }: Plan, before: State): Promise<State> {
  if (left.length === 0) {
    console.log("3. Update: no key is left to move.");
    return before;
  }
  console.log(`3. Update: the engine moves ${left.length} keys, and nothing else.`);
  await updateKeys(session);
  return readState(session);
}

function nextSteps(stack: string): string {
  return [
    `   npm run up -- --stack ${stack}   (what is delivered follows the keys)`,
    `   npm run cli -- move-keys --stack ${stack} --remove-old   (once nothing uses the old copy)`,
  ].join("\n");
}
