import { heal } from "../../tools/heal-stack.ts";
import { Trouble } from "../../tools/project.ts";
import { pulumi, type Session } from "../../tools/session.ts";
import { KEY_TYPE } from "./state.ts";

/**
 * Everything that is no key stays out of this update. `--target` with the keys does not do: Pulumi 3.259 then also wants to delete
 * what depends on them and is in the program no more, such as the Secrets that External Secrets replace, and fails.
 */
const OTHERS = [
  "**dynamic/cluster:**",
  "**dynamic/manifest:**",
  "**dynamic/nats:Jwt::**",
  "**dynamic/nats:Withdrawn::**",
  "**dynamic/vault:**",
  "**$kubernetes:**",
];

/** One thing that an update would do. */
export interface Step {
  readonly op: string;
  readonly urn: string;
}

/** Lets the engine move the keys, and nothing but the keys. @throws Trouble where it would do anything else */
export async function updateKeys(session: Session): Promise<void> {
  await heal(session);
  const only = OTHERS.flatMap((urns) => ["--exclude", urns]);
  const unwanted = (await stepsOf(session, only)).filter(
    ({ op, urn }) => op !== "update" || !urn.split("::").at(-2)?.endsWith(KEY_TYPE),
  );
  if (unwanted.length > 0) {
    throw new Trouble(
      `the update of the keys would do more than move them, so it was not begun:\n${listed(unwanted)}\nTake these changes out of the configuration until the move is over.`,
    );
  }
  const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", session.stack, ...only];
  const { code, stdout, stderr } = await pulumi(session, args);
  if (code !== 0)
    throw new Trouble(
      `the update of the keys did not end well; what is moved stays so. Run the same command again.\n${`${stdout}${stderr}`.trim()}`,
    );
}

/** What a preview would do: everything that is not "same". @throws Trouble where it fails */
export async function stepsOf(session: Session, args: readonly string[] = []): Promise<Step[]> {
  const command = ["preview", "--json", "--non-interactive", "--stack", session.stack, ...args];
  const { code, stdout, stderr } = await pulumi(session, command);
  if (code !== 0) throw new Trouble(`the preview failed: ${errorsIn(stdout) ?? `${stdout}${stderr}`.trim()}`);
  const { steps = [] } = JSON.parse(stdout) as { steps?: readonly Step[] };
  return steps.filter(({ op }) => op !== "same");
}

/** Steps for people. */
export function listed(steps: readonly Step[]): string {
  return steps.map(({ op, urn }) => `  ${op} ${urn.split("::").slice(-2).join(" ")}`).join("\n");
}

function errorsIn(text: string): string | undefined {
  try {
    const { diagnostics = [] } = JSON.parse(text) as { diagnostics?: readonly { severity: string; message: string }[] };
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message.trim());
    return errors.length === 0 ? undefined : errors.join("\n");
  } catch {
    return undefined;
  }
}
