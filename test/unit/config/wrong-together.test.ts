import { refuses } from "./wrong.ts";

refuses([
  [
    "a Secret is to be pushed, but keys are in the state",
    "defaults: { externalSecrets: { push: [{ namespace: glass, secret: glass-root }] } }",
    'defaults.externalSecrets.push[0]: found "glass-root", but it goes with keys.store: vault',
  ],
  [
    "a Secret is to be pushed that comes out of Vault",
    `
keys: { store: vault, address: 'https://vault.example', path: nats }
defaults: { externalSecrets: { push: [{ namespace: nats, secret: nats-config }] } }
`,
    'defaults.externalSecrets.push[0].secret: found "nats-config", but this program has that Secret made of what is in Vault, or it stands here already',
  ],
  [
    "a seed is to come from Vault, but keys are in the state",
    "operator: { name: dev, seedFrom: team/nats#operator_seed }",
    'operator.seedFrom: found "team/nats#operator_seed", but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)',
  ],
  [
    "a seed is to come from the configuration, but keys are in Vault",
    "operator: { name: dev, seedFrom: operatorSeed }\nkeys: { store: vault, address: 'https://vault.example', path: nats }",
    'operator.seedFrom: found "operatorSeed", but with keys in Vault, an existing seed is taken from there: its path below keys.mount, # and its field, such as my-team/nats#sys_account_seed',
  ],
  [
    "a delivery names a region that does not exist",
    "accounts: { SERVICES: { users: { orders: { deliver: [{ region: locl, namespace: orders, secret: orders-nats }] } } } }",
    'accounts.SERVICES.users.orders.deliver[0].region: found "locl", but this stack has only the region local',
  ],
  [
    "a region is misspelt among several",
    `
accounts: { SERVICES: { users: { orders: { deliver: [{ region: us-wst, namespace: orders, secret: orders-nats }] } } } }
regions: { us-west: { target: { render: deploy/us-west } }, eu-east: { target: { render: deploy/eu-east } } }
`,
    'accounts.SERVICES.users.orders.deliver[0].region: found "us-wst", but this stack has only the regions eu-east, local and us-west; did you mean us-west?',
  ],
  [
    "a delivery goes to a namespace that is not allowed",
    "accounts: { SERVICES: { users: { orders: { deliver: [{ region: local, namespace: billing, secret: nats }] } } } }",
    'accounts.SERVICES.users.orders.deliver[0].namespace: found "billing", but account SERVICES allows only orders and auth-* in region local (accounts.SERVICES.allow)',
  ],
  [
    "a delivery goes where nobody is allowed",
    "accounts: { SERVICES: { allow: [] } }",
    'accounts.SERVICES.users.orders.deliver[0].namespace: found "orders", but account SERVICES allows no namespace in region local (accounts.SERVICES.allow)',
  ],
  [
    "a namespace matches a pattern only in the middle",
    "accounts: { SERVICES: { users: { orders: { deliver: [{ region: local, namespace: my-auth-x, secret: nats }] } } } }",
    'accounts.SERVICES.users.orders.deliver[0].namespace: found "my-auth-x", but account SERVICES allows only orders and auth-* in region local (accounts.SERVICES.allow)',
  ],
  [
    "an allowance names an unknown region",
    "accounts: { SERVICES: { allow: [{ region: us, namespaces: [orders] }, { region: local, namespaces: [orders] }] } }",
    'accounts.SERVICES.allow[0].region: found "us", but this stack has only the region local',
  ],
  [
    "two users write one Secret",
    "accounts: { SERVICES: { users: { billing: { deliver: [{ region: local, namespace: orders, secret: orders-nats }] } } } }",
    'accounts.SERVICES.users.billing.deliver[0].secret: found "orders-nats", but accounts.SERVICES.users.orders.deliver[0] already writes the Secret orders/orders-nats there',
  ],
  [
    "two regions of one cluster write one Secret",
    `
accounts: { SERVICES: { users: { orders: { deliver: [{ region: a, namespace: orders, secret: nats }, { region: b, namespace: orders, secret: nats }] } } } }
regions: { a: { target: { context: here }, nats: { namespace: nats-a } }, b: { target: { context: there, clusterIdentifier: here }, nats: { namespace: nats-b } } }
`,
    'accounts.SERVICES.users.orders.deliver[1].secret: found "nats", but accounts.SERVICES.users.orders.deliver[0] already writes the Secret orders/nats there',
  ],
  [
    "a user writes the servers' own Secret",
    "accounts: { SERVICES: { users: { orders: { deliver: [{ region: local, namespace: nats, secret: nats-config }] } }, allow: [{ region: local, namespaces: [nats] }] } }",
    'accounts.SERVICES.users.orders.deliver[0].secret: found "nats-config", but this program has a Secret of that name there for the servers themselves',
  ],
  [
    "a role does not exist",
    "accounts: { SERVICES: { users: { orders: { role: wrker } } } }",
    'accounts.SERVICES.users.orders.role: found "wrker", but account SERVICES has only the role worker',
  ],
  [
    "an account without roles has a user with one",
    "accounts: { IOT: { users: { phone: { role: device } } } }",
    'accounts.IOT.users.phone.role: found "device", but account IOT has no roles',
  ],
  [
    "the system account has JetStream",
    "accounts: { SYS: { jetstream: { disk: 1Gi } } }",
    "accounts.SYS.jetstream: found JetStream settings, but the system account cannot have JetStream: leave them out",
  ],
  [
    "JetStream has no storage",
    "accounts: { IOT: { jetstream: { streams: 5 } } }",
    "accounts.IOT.jetstream: found neither disk nor memory, but JetStream needs at least one of them",
  ],
  [
    "an MQTT role needs bearer and JetStream",
    "accounts: { IOT: { roles: { device: { connectionTypes: [MQTT, MQTT_WS] } } } }",
    "accounts.IOT.roles.device.bearer: found false (the default), but MQTT clients need true: they send their JWT as the password and cannot sign",
    "accounts.IOT.roles.device.connectionTypes: found MQTT and MQTT_WS, but MQTT sessions need JetStream in the account: add jetstream to it",
  ],
  [
    "the memory store takes the whole memory limit",
    "regions: { local: { nats: { jetstream: { memoryStore: { size: 2Gi } } } } }",
    "regions.local.nats.jetstream.memoryStore.size: found 2Gi, but at most half of the memory limit of 2Gi can go to it: connections and caches need the rest",
  ],
  [
    "a memory limit in defaults is below what the defaults of the schema need",
    "defaults: { nats: { resources: { limits: { memory: 512Mi } } } }",
    "regions.local.nats.jetstream.memoryStore.size: found 512Mi (the default), but at most half of the memory limit of 512Mi can go to it: connections and caches need the rest",
    "regions.local.nats.resources.requests.memory: found 1Gi (the default), but it cannot be above the memory limit of 512Mi",
  ],
  [
    "requests are above the limits",
    "regions: { local: { nats: { resources: { requests: { cpu: 2, memory: 3Gi }, limits: { cpu: 1500m } } } } }",
    'regions.local.nats.resources.requests.cpu: found "2", but it cannot be above the CPU limit of 1500m',
    "regions.local.nats.resources.requests.memory: found 3Gi, but it cannot be above the memory limit of 2Gi",
  ],
  [
    "an MQTT port that the servers have already",
    "regions: { local: { nats: { mqtt: { port: 8222 } } } }",
    "regions.local.nats.mqtt.port: found 8222, but the servers have it for something else (monitor): choose another one, such as 1883 or 8883",
  ],
  [
    "more replicas of MQTT sessions than servers",
    "regions: { local: { nats: { mqtt: { replicas: 5 } } } }",
    "regions.local.nats.mqtt.replicas: found 5, but a stream can have no more replicas than there are servers: 3",
  ],
  [
    "the grace period is as long as the lame duck time",
    "regions: { local: { nats: { lameDuck: { gracePeriod: 1m, duration: 1m } } } }",
    "regions.local.nats.lameDuck.gracePeriod: found 1m, but it must be shorter than the duration of 1m",
  ],
  [
    "the lame duck time is shorter than the server takes",
    "regions: { local: { nats: { lameDuck: { duration: 10s } } } }",
    'regions.local.nats.lameDuck.duration: found "10s", but a duration from 30s up is needed here, such as 45s, 2m or 1h30m',
  ],
  [
    "a single server has less storage than the accounts may use",
    `
accounts: { IOT: { jetstream: { disk: 10Gi, memory: 1Gi } } }
regions: { local: { nats: { replicas: 1 } } }
`,
    "regions.local.nats.jetstream.fileStore.size: found 10Gi (the default), but the accounts' JetStream disk limits add up to 11Gi, and a single server must have room for all of them",
    "regions.local.nats.jetstream.memoryStore.size: found 512Mi (the default), but the accounts' JetStream memory limits add up to 1Gi, and a single server must have room for all of them",
  ],
  [
    "two regions are the same namespace of one cluster",
    "regions: { a: { target: { context: here } }, b: { target: { context: here } } }",
    'regions.b.nats.namespace: found "nats" (the default), but region a has it on the same cluster (here): give one of them another namespace',
  ],
  [
    "two regions render into one folder",
    "regions: { us: { target: { render: Deploy/Local } } }",
    'regions.us.target.render: found "Deploy/Local", but it must be apart from "deploy/local" (regions.local.target.render): neither the same folder nor one inside the other',
    'regions.us.target.secrets: found "Deploy/Local-secrets" (the default), but it must be apart from "deploy/local-secrets" (regions.local.target.secrets): neither the same folder nor one inside the other',
  ],
  [
    "a folder lies inside another",
    "regions: { us: { target: { render: deploy } } }",
    'regions.us.target.render: found "deploy", but it must be apart from "deploy/local" (regions.local.target.render): neither the same folder nor one inside the other',
  ],
  [
    "a folder is the place of another region's Secrets",
    "regions: { us: { target: { render: deploy/local-secrets } } }",
    'regions.us.target.render: found "deploy/local-secrets", but it must be apart from "deploy/local-secrets" (regions.local.target.secrets): neither the same folder nor one inside the other',
  ],
  [
    "Secrets go into the folder of the manifests",
    "regions: { local: { target: { secrets: deploy/local/secrets } } }",
    'regions.local.target.secrets: found "deploy/local/secrets", but it must be apart from "deploy/local" (regions.local.target.render): neither the same folder nor one inside the other',
  ],
  [
    "a folder belongs to the project",
    "regions: { local: { target: { render: components/out, secrets: .git/secrets } } }",
    'regions.local.target.render: found "components/out", but components/ belongs to the project itself: choose a folder such as deploy/local',
    'regions.local.target.secrets: found ".git/secrets", but .git/ belongs to the project itself: choose a folder such as deploy/local',
  ],
  [
    "two keys have one seed",
    `
operator: { seedFrom: opSeed }
accounts: { SERVICES: { seedFrom: opSeed } }
`,
    'accounts.SERVICES.seedFrom: found "opSeed", but operator.seedFrom already uses it, and two keys cannot have one seed',
  ],
  [
    "mistakes of every kind come at once",
    `
opertor: {}
keys: { store: etcd }
accounts: { SERVICES: { jetstream: { disk: lots }, roles: { worker: { publish: [a..b] } }, users: { orders: { deliver: [{ region: us, namespace: orders, secret: orders-nats }] } } } }
defaults: { nats: { replicas: 2 } }
regions: { local: { target: { render: docs } } }
`,
    'accounts.SERVICES.jetstream.disk: found "lots", but a size such as 512Mi, 20Gi or 10G, a number of bytes, or -1 (or unlimited) for no limit is needed here',
    'accounts.SERVICES.roles.worker.publish[0]: found "a..b", but a subject\'s tokens cannot be empty: no dot at the start or the end, and no two together',
    'accounts.SERVICES.users.orders.deliver[0].region: found "us", but this stack has only the region local',
    "defaults.nats.replicas: found 2, but JetStream needs an odd number of servers (1, 3 or 5)",
    'keys.store: found "etcd", but a store is state or vault',
    "opertor: found an unknown key, but only operator, keys, accounts, secrets, argocd, defaults or regions can stand here; did you mean operator?",
    'regions.local.target.render: found "docs", but docs/ belongs to the project itself: choose a folder such as deploy/local',
  ],
  [
    "a region that cannot be read is not also reported as missing",
    `
accounts: { SERVICES: { users: { orders: { deliver: [{ region: us, namespace: orders, secret: a }] } } } }
regions: { us: { target: {} } }
`,
    "regions.us.target: found a map, but render (a folder) or context (a cluster) is needed in it",
  ],
  [
    "an allow list that cannot be read allows nothing wrongly",
    "accounts: { SERVICES: { allow: [{ region: local, namespaces: orders }] } }",
    'accounts.SERVICES.allow[0].namespaces: found "orders", but a list of namespace patterns is needed here',
  ],
]);
