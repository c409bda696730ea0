import { serverPaths } from "../../nats/conf/server.ts";
import type { NatsSettings } from "./settings.ts";

type Settings = Pick<NatsSettings, "tls" | "mqtt">;

/** A volume for each Secret that holds a certificate. The servers' group may read it, and nobody else but root. */
export function certificateVolumes(settings: Settings) {
  return certificates(settings)
    .filter(({ volume, listener }) => volume === volumeOf(listener))
    .map(({ volume, secret }) => ({ name: volume, secret: { secretName: secret, defaultMode: 0o440 } }));
}

/** Where a server finds the certificate of each listener that has one. */
export function certificateMounts(settings: Settings) {
  return certificates(settings).map(({ volume, listener }) => ({
    name: volume,
    mountPath: serverPaths.certificates[listener],
    readOnly: true,
  }));
}

/** Two listeners that have the same Secret share a volume, so that both have the same content at any time. */
function certificates({ tls, mqtt }: Settings) {
  const wanted = [
    ["client", tls?.secret],
    ["mqtt", mqtt?.tls?.secret],
  ] as const;
  return wanted.flatMap(([listener, secret]) =>
    secret === undefined ? [] : [{ listener, secret, volume: volumeOf(secret === tls?.secret ? "client" : listener) }],
  );
}

function volumeOf(listener: keyof typeof serverPaths.certificates): string {
  return `certificate-${listener}`;
}
