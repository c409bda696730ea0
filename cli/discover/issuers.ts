import type { ControllerKeys, ControllerSettings } from "../../components/discovery/settings.ts";
import type { UserPermissionLimits } from "../../nats/claims/user-limits.ts";
import { signerOf, type PublicNkey, type Seed, type Signer } from "../../nats/nkeys.ts";
import { issueUser, userIssuer, type IssuedUser } from "../../nats/users.ts";
import { Trouble } from "../../tools/project.ts";
import { userNameOf, type Place } from "./request.ts";
import type { Wish } from "./wish.ts";

/** Makes the user of a place. The same arguments give the same user, to the byte. */
export type Issue = (place: Place, wish: Wish, generation: number) => IssuedUser;

/** What the rotation of a user is made of: half of its 32 bits are the region's rotation, the others the generation. */
const GENERATIONS = 65_536;

/**
 * The rotation from which a user's key is derived. Two different pairs never give the same one, so that a key that was withdrawn does
 * not come again, even where the region's rotation is lowered.
 */
export function userRotation(rotation: number, generation: number): number {
  if (generation >= GENERATIONS)
    throw new Trouble(
      `${generation} users of this place were withdrawn, and there are no more keys for it: choose another name`,
    );
  return rotation * GENERATIONS + generation;
}

/** Reads the accounts' keys once. @throws Trouble where they are not the ones that the settings name */
export function issuersOf(settings: ControllerSettings, { accounts: keys }: ControllerKeys): Issue {
  const issuers = new Map(
    Object.entries(settings.accounts).map(([name, account]) => {
      const material = Object.hasOwn(keys, name) ? keys[name] : undefined;
      if (material === undefined) throw mismatch(`accounts.${name}: found no keys`);
      const signer = (seed: string | undefined, expected: PublicNkey, path: string): Signer => {
        const found = signerIn(seed, path);
        if (found.publicKey === expected) return found;
        throw mismatch(`${path}: found the key ${found.publicKey}, but the settings name ${expected}`);
      };
      const roles = new Map(
        Object.entries(account.roles).map(([role, key]) => [
          role,
          signer(material.roles[role], key, `accounts.${name}.roles.${role}`),
        ]),
      );
      const plain = signer(material.signing, account.signing, `accounts.${name}.signing`);
      return [name, { account, plain, roles, issuer: userIssuer(account.publicKey, rootIn(material.root, name)) }];
    }),
  );
  return (place, { account: name, role, own }, generation) => {
    const keysOf = issuers.get(name);
    const signer = role === undefined ? keysOf?.plain : keysOf?.roles.get(role);
    if (keysOf === undefined || signer === undefined) throw new Error(`account ${name} has no role ${String(role)}`);
    return issueUser(keysOf.issuer, {
      name: userNameOf(settings.region, place),
      rotation: userRotation(settings.rotation, generation),
      signer,
      issuedAt: keysOf.account.issuedAt,
      ...(role === undefined ? { own: own === undefined ? {} : permissionsOf(own) } : {}),
    });
  };
}

/** An empty list means nothing, as it does for a role; to a server it would mean everything. */
function permissionsOf({ publish, subscribe }: NonNullable<Wish["own"]>): UserPermissionLimits {
  const side = (subjects: readonly string[]) => (subjects.length === 0 ? { deny: [">"] } : { allow: [...subjects] });
  return { pub: side(publish), sub: side(subscribe) };
}

function signerIn(seed: string | undefined, path: string): Signer {
  try {
    return signerOf(seed as Seed);
  } catch {
    throw mismatch(`${path}: found no seed`);
  }
}

function rootIn(text: string, name: string): Uint8Array {
  const root = Buffer.from(text, "base64url");
  if (root.length !== 32) throw mismatch(`accounts.${name}.root: found ${root.length} bytes, but a user root has 32`);
  return root;
}

function mismatch(found: string): Trouble {
  return new Trouble(`keys file: ${found} (it may be about to change: the pod tries again)`);
}
