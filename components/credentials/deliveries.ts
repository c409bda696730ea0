import type { Account } from "../../config/schema.ts";
import type { Delivery } from "./delivery.ts";

/** What is to be delivered to a region, in the order of the configuration. */
export function deliveriesTo(region: string, accounts: Readonly<Record<string, Account>>): Delivery[] {
  return Object.entries(accounts).flatMap(([account, { users }]) =>
    Object.entries(users).flatMap(([user, { deliver }]) =>
      deliver
        .filter((delivery) => delivery.region === region)
        .map(({ region: _, ...delivery }) => ({ account, user, ...delivery })),
    ),
  );
}
