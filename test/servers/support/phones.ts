import assert from "node:assert/strict";
import { parseCreds } from "../../../nats/creds.ts";
import { platformOf } from "../../support/program.ts";
import { connectMqttSoon, type MqttClient, type MqttLogin } from "./mqtt.ts";
import { regionName, type TestRegion } from "./region.ts";

/** The dev stack with a user for MQTT clients: a bearer who says and hears what is below `sensors`. */
export function platformWithPhones(): Record<string, unknown> {
  const platform = structuredClone(platformOf("dev")) as {
    accounts: { IOT: Record<"roles" | "users", Record<string, object>> };
  };
  const { IOT } = platform.accounts;
  IOT.roles.phone = { bearer: true, publish: ["sensors.>"], subscribe: ["sensors", "sensors.>", "$MQTT.sub.>"] };
  IOT.users.phone = { role: "phone", deliver: [{ region: regionName, namespace: "iot", secret: "phone" }] };
  return platform;
}

/** What a phone signs in with, under an id of its own. */
export function phoneLogin(region: TestRegion, clientId: string): MqttLogin {
  return { clientId, username: "phone", password: parseCreds(region.credential("IOT", "phone").creds).jwt };
}

/** Signs in a phone at the region's first server. */
export function connectPhone(
  region: TestRegion,
  clientId: string,
  session: Pick<MqttLogin, "keepsSession"> = {},
): Promise<MqttClient> {
  const url = region.servers[0]?.mqttUrl ?? assert.fail("it takes no MQTT clients");
  return connectMqttSoon(url, { ...phoneLogin(region, clientId), ...session });
}
