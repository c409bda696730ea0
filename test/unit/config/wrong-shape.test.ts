import { refuses } from "./wrong.ts";

refuses([
  ["the accounts are a list", "accounts: []", "accounts: found an empty list, but a map of accounts is needed here"],
  [
    "there is no operator",
    "operator: null",
    "operator: found nothing, but a map is needed here; its keys are name and seedFrom",
  ],
  [
    "the operator has no name",
    "operator: { name: null }",
    "operator.name: found nothing, but a name has at most 63 letters, digits, - and _, and begins and ends with a letter or digit",
  ],
  [
    "a key at the top is misspelt",
    "opertor: { name: dev }",
    "opertor: found an unknown key, but only operator, keys, accounts, secrets, argocd, defaults or regions can stand here; did you mean operator?",
  ],
  [
    "a key is unknown and like no other",
    "regions: { local: { mqttBridge: { account: IOT } } }",
    "regions.local.mqttBridge: found an unknown key, but only target, nats, externalSecrets, discovery, mqttBridges, monitoring or argocd can stand here; did you mean mqttBridges?",
  ],
  [
    "a key is misspelt deep inside",
    "regions: { local: { nats: { jetstream: { filestore: { size: 1Gi } } } } }",
    "regions.local.nats.jetstream.filestore: found an unknown key, but only domain, fileStore or memoryStore can stand here; did you mean fileStore?",
  ],
  [
    "two keys are unknown in one map",
    "accounts: { SERVICES: { rols: {}, limit: { conns: 1 } } }",
    "accounts.SERVICES.limit: found an unknown key, but only description, seedFrom, jetstream, limits, roles, users or allow can stand here; did you mean limits?",
    "accounts.SERVICES.rols: found an unknown key, but only description, seedFrom, jetstream, limits, roles, users or allow can stand here; did you mean roles?",
  ],
  ["a store that there is not", "keys: { store: etcd }", 'keys.store: found "etcd", but a store is state or vault'],
  [
    "a Vault without an address, and without a folder",
    "keys: { store: vault }",
    "keys.address: found nothing, but store: vault needs it, such as https://vault.example:8200",
    "keys.path: found nothing, but store: vault needs it, such as my-team/nats",
  ],
  [
    "a Vault over plain HTTP, and a path with a slash at its end",
    "keys: { store: vault, address: 'http://vault.example:8200', path: nats/ }",
    'keys.address: found "http://vault.example:8200", but an address like https://vault.example:8200 is needed here (plain http only for localhost)',
    'keys.path: found "nats/", but a path here has letters, digits, ., -, _, and single slashes between, such as my-team/nats',
  ],
  [
    "a folder with the mount in front of it, as commands of Vault's write it",
    "keys: { store: vault, address: 'https://vault.example', path: secret/team/nats }",
    'keys.path: found "secret/team/nats", but it stands below the mount, so it must not begin with secret/',
  ],
  [
    "what is Vault's beside store: state",
    "keys: { store: state, path: nats, transit: { mount: transit } }",
    'keys.path: found "nats", but it goes with store: vault',
    "keys.transit: found a map, but it goes with store: vault",
  ],
  [
    "an account is empty in YAML",
    "accounts: { IOT: }",
    "accounts.IOT: found nothing, but a map is needed here; its keys are description, seedFrom, jetstream, limits, roles, users and allow",
  ],
  [
    "roles are a list",
    "accounts: { SERVICES: { roles: [worker] } }",
    "accounts.SERVICES.roles: found a list, but a map of roles is needed here",
  ],
  [
    "users are a text",
    "accounts: { SERVICES: { users: orders } }",
    'accounts.SERVICES.users: found "orders", but a map of users is needed here',
  ],
  [
    "allow is a map",
    "accounts: { SERVICES: { allow: { region: local } } }",
    "accounts.SERVICES.allow: found a map, but a list of regions and namespaces is needed here",
  ],
  [
    "publish is one subject",
    "accounts: { SERVICES: { roles: { worker: { publish: orders.> } } } }",
    'accounts.SERVICES.roles.worker.publish: found "orders.>", but a list of subjects, or a map with allow and deny, is needed here',
  ],
  [
    "a permission has an unknown key",
    "accounts: { SERVICES: { roles: { worker: { publish: { alow: [orders.>] } } } } }",
    "accounts.SERVICES.roles.worker.publish.alow: found an unknown key, but only allow or deny can stand here; did you mean allow?",
  ],
  [
    "bearer is a text",
    "accounts: { SERVICES: { roles: { worker: { bearer: 'yes' } } } }",
    'accounts.SERVICES.roles.worker.bearer: found "yes", but only true or false can stand here',
  ],
  [
    "a rotation is negative",
    "accounts: { SERVICES: { users: { orders: { rotation: -1 } } } }",
    "accounts.SERVICES.users.orders.rotation: found -1, but a whole number from 0 up is needed here",
  ],
  [
    "a limit is below -1",
    "accounts: { SERVICES: { limits: { connections: -2 } } }",
    "accounts.SERVICES.limits.connections: found -2, but a whole number from 0 up is needed here, or -1 (or unlimited) for no limit",
  ],
  [
    "a limit is a fraction",
    "accounts: { SERVICES: { limits: { imports: 1.5 } } }",
    "accounts.SERVICES.limits.imports: found 1.5, but a whole number from 0 up is needed here, or -1 (or unlimited) for no limit",
  ],
  [
    "a size limit is no size",
    "accounts: { SERVICES: { limits: { payload: 1 MB } } }",
    'accounts.SERVICES.limits.payload: found "1 MB", but a size such as 512Mi, 20Gi or 10G, a number of bytes, or -1 (or unlimited) for no limit is needed here',
  ],
  [
    "disk has an unknown unit",
    "accounts: { SERVICES: { jetstream: { disk: 20GiB } } }",
    'accounts.SERVICES.jetstream.disk: found "20GiB", but a size such as 512Mi, 20Gi or 10G, a number of bytes, or -1 (or unlimited) for no limit is needed here',
  ],
  [
    "a size is too large to count",
    "accounts: { SERVICES: { jetstream: { disk: 99999999Ti } } }",
    'accounts.SERVICES.jetstream.disk: found "99999999Ti", but a size such as 512Mi, 20Gi or 10G, a number of bytes, or -1 (or unlimited) for no limit is needed here',
  ],
  [
    "a file store forgot its unit",
    "regions: { local: { nats: { jetstream: { fileStore: { size: 10 } } } } }",
    "regions.local.nats.jetstream.fileStore.size: found 10, but a size from 1Mi up is needed here, such as 512Mi, 20Gi or 10G, or a number of bytes",
  ],
  [
    "a duration has no unit",
    "regions: { local: { nats: { lameDuck: { gracePeriod: 10 } } } }",
    "regions.local.nats.lameDuck.gracePeriod: found 10, but a duration from 1s up is needed here, such as 45s, 2m or 1h30m",
  ],
  [
    "a duration has its units in the wrong order",
    "accounts: { SERVICES: { roles: { worker: { responses: { ttl: 30m1h } } } } }",
    'accounts.SERVICES.roles.worker.responses.ttl: found "30m1h", but a duration from 1s up is needed here, such as 45s, 2m or 1h30m',
  ],
  [
    "an MQTT port that needs a right of its own",
    "regions: { local: { nats: { mqtt: { port: 883 } } } }",
    "regions.local.nats.mqtt.port: found 883, but a port from 1024 to 65535 is needed here",
  ],
  [
    "more unacknowledged MQTT messages than 16 bits count",
    "regions: { local: { nats: { mqtt: { maxAckPending: 65536 } } } }",
    "regions.local.nats.mqtt.maxAckPending: found 65536, but a whole number from 1 to 65535 is needed here",
  ],
  [
    "even replicas of MQTT sessions",
    "regions: { local: { nats: { mqtt: { replicas: 2 } } } }",
    "regions.local.nats.mqtt.replicas: found 2, but a stream has 1, 3 or 5 replicas",
  ],
  [
    "a certificate that is no Secret's name",
    "regions: { local: { nats: { tls: {}, mqtt: { tls: { secret: Nats_TLS } } } } }",
    'regions.local.nats.mqtt.tls.secret: found "Nats_TLS", but a name here has at most 253 of a-z, 0-9, - and ., and every part between dots begins and ends with a letter or digit',
    "regions.local.nats.tls.secret: found nothing, but a name here has at most 253 of a-z, 0-9, - and ., and every part between dots begins and ends with a letter or digit",
  ],
  [
    "replicas are even",
    "regions: { local: { nats: { replicas: 2 } } }",
    "regions.local.nats.replicas: found 2, but JetStream needs an odd number of servers (1, 3 or 5)",
  ],
  [
    "replicas are a word",
    "regions: { local: { nats: { replicas: three } } }",
    'regions.local.nats.replicas: found "three", but JetStream needs an odd number of servers (1, 3 or 5)',
  ],
  [
    "a target is missing",
    "regions: { us: { nats: {} } }",
    "regions.us.target: found nothing, but a map is needed here; its keys are render, secrets, context, clusterIdentifier and kubeconfig",
  ],
  [
    "a target is a text",
    "regions: { local: { target: deploy/local } }",
    'regions.local.target: found "deploy/local", but a map is needed here; its keys are render, secrets, context, clusterIdentifier and kubeconfig',
  ],
  [
    "a target is empty",
    "regions: { us: { target: {} } }",
    "regions.us.target: found a map, but render (a folder) or context (a cluster) is needed in it",
  ],
  [
    "a target is both a folder and a cluster",
    "regions: { local: { target: { context: here } } }",
    'regions.local.target.context: found "here", but render stands here already: a target is a folder or a cluster, not both',
  ],
  [
    "a folder has a cluster identifier",
    "regions: { local: { target: { clusterIdentifier: here } } }",
    'regions.local.target.clusterIdentifier: found "here", but it goes with context, not with render',
  ],
  [
    "a folder has a kubeconfig",
    "regions: { local: { target: { kubeconfig: ~/.kube/config } } }",
    'regions.local.target.kubeconfig: found "~/.kube/config", but it goes with context, not with render',
  ],
  [
    "a cluster has a folder for Secrets",
    "regions: { us: { target: { context: us, secrets: deploy/us } } }",
    'regions.us.target.secrets: found "deploy/us", but it goes with render, not with context',
  ],
  [
    "a connection type is unknown",
    "accounts: { SERVICES: { roles: { worker: { connectionTypes: [standard] } } } }",
    'accounts.SERVICES.roles.worker.connectionTypes[0]: found "standard", but a connection type is one of STANDARD, WEBSOCKET, LEAFNODE, LEAFNODE_WS, MQTT, MQTT_WS or IN_PROCESS',
  ],
  [
    "an Exists toleration has a value",
    "regions: { local: { nats: { tolerations: [{ key: disk, operator: Exists, value: ssd }] } } }",
    'regions.local.nats.tolerations[0].value: found "ssd", but operator Exists takes no value',
  ],
  [
    "a toleration has no key",
    "regions: { local: { nats: { tolerations: [{ value: ssd, tolerationSeconds: 5 }] } } }",
    "regions.local.nats.tolerations[0].operator: found nothing, but without a key it must be Exists",
    "regions.local.nats.tolerations[0].tolerationSeconds: found 5, but it goes with effect NoExecute only",
  ],
  [
    "a toleration has an unknown effect",
    "regions: { local: { nats: { tolerations: [{ key: disk, effect: noschedule }] } } }",
    'regions.local.nats.tolerations[0].effect: found "noschedule", but an effect is NoSchedule, PreferNoSchedule or NoExecute',
  ],
  [
    "a mistake stands in defaults and reaches two regions",
    `
defaults: { nats: { replicas: 4 } }
regions: { us: { target: { render: deploy/us } } }
`,
    "defaults.nats.replicas: found 4, but JetStream needs an odd number of servers (1, 3 or 5)",
  ],
  [
    "a mistake in defaults is overridden in every region",
    `
defaults: { nats: { replicas: 4 } }
regions: { local: { nats: { replicas: 3 } } }
`,
    "defaults.nats.replicas: found 4, but JetStream needs an odd number of servers (1, 3 or 5)",
  ],
  [
    "defaults are a list",
    "defaults: []",
    "defaults: found an empty list, but a map is needed here; its keys are target, nats, externalSecrets, discovery, mqttBridges, monitoring and argocd",
  ],
  [
    "a key in defaults is misspelt",
    "defaults: { nats: { image: 'nats:2.15.2', replica: 3 } }",
    "defaults.nats.replica: found an unknown key, but only namespace, createNamespace, image, replicas, clusterDomain, tls, mqtt, jetstream, resolver, resources, lameDuck, nodeSelector or tolerations can stand here; did you mean replicas?",
  ],
]);
