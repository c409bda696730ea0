import type { Region } from "../../config/schema.ts";

/** How a region's servers are to be: the region's `nats` section. */
export type NatsSettings = Region["nats"];
