import type { KubeConfig, RequestContext } from "@kubernetes/client-node";

type Dispatcher = ReturnType<RequestContext["getDispatcher"]>;

/** After that time connections are made anew, so that certificates which have changed are read again. */
const LIFETIME_MS = 600_000;

/**
 * Has all requests of a kubeconfig share their connections. @kubernetes/client-node 2.0 makes a pool of connections for each request,
 * and with it a TCP and a TLS handshake: most of the time of a process that writes thousands of objects.
 */
export function withSharedConnections(config: KubeConfig, now: () => number = Date.now): KubeConfig {
  const apply = config.applySecurityAuthentication.bind(config);
  let shared: { dispatcher: Dispatcher; since: number } | undefined;
  config.applySecurityAuthentication = async (context) => {
    await apply(context);
    if (shared === undefined || now() - shared.since > LIFETIME_MS)
      shared = { dispatcher: context.getDispatcher(), since: now() };
    if (shared.dispatcher !== undefined) context.setDispatcher(shared.dispatcher);
  };
  return config;
}
