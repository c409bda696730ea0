import { refuses } from "./wrong.ts";

refuses([
  [
    "an operator has a space",
    "operator: { name: my house }",
    'operator.name: found "my house", but a name has at most 63 letters, digits, - and _, and begins and ends with a letter or digit',
  ],
  [
    "an account has a dot",
    "accounts: { my.account: {} }",
    'accounts["my.account"]: found "my.account" as a name, but a name has at most 63 letters, digits, - and _, and begins and ends with a letter or digit',
  ],
  [
    "a user ends with a dash",
    "accounts: { SERVICES: { users: { orders-: {} } } }",
    'accounts.SERVICES.users.orders-: found "orders-" as a name, but a name has at most 63 letters, digits, - and _, and begins and ends with a letter or digit',
  ],
  [
    "a role is too long",
    "accounts: { SERVICES: { roles: { rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr: {} } } }",
    'accounts.SERVICES.roles.rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr: found "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr…" as a name, but a name has at most 63 letters, digits, - and _, and begins and ends with a letter or digit',
  ],
  [
    "a region is in upper case",
    "regions: { EU: { target: { render: deploy/eu } } }",
    'regions.EU: found "EU" as a name, but a name here has at most 63 of a-z, 0-9 and -, and begins and ends with a letter or digit',
  ],
  [
    "a namespace has an underscore",
    "regions: { local: { nats: { namespace: my_nats } } }",
    'regions.local.nats.namespace: found "my_nats", but a name here has at most 63 of a-z, 0-9 and -, and begins and ends with a letter or digit',
  ],
  [
    "a Secret has a part that begins with a dash",
    "accounts: { SERVICES: { users: { orders: { deliver: [{ region: local, namespace: orders, secret: a.-b }] } } } }",
    'accounts.SERVICES.users.orders.deliver[0].secret: found "a.-b", but a name here has at most 253 of a-z, 0-9, - and ., and every part between dots begins and ends with a letter or digit',
  ],
  [
    "a delivery lacks its Secret",
    "accounts: { SERVICES: { users: { orders: { deliver: [{ region: local, namespace: orders }] } } } }",
    "accounts.SERVICES.users.orders.deliver[0].secret: found nothing, but a name here has at most 253 of a-z, 0-9, - and ., and every part between dots begins and ends with a letter or digit",
  ],
  [
    "a storage class has a space",
    "defaults: { nats: { resolver: { storageClass: fast disk } } }",
    'defaults.nats.resolver.storageClass: found "fast disk", but a name here has at most 253 of a-z, 0-9, - and ., and every part between dots begins and ends with a letter or digit',
  ],
  [
    "a namespace pattern has a question mark",
    "accounts: { SERVICES: { allow: [{ region: '*', namespaces: ['auth-?', orders] }] } }",
    'accounts.SERVICES.allow[0].namespaces[0]: found "auth-?", but a pattern has at most 63 of a-z, 0-9, - and *, such as orders, auth-* or *',
  ],
  [
    "a JetStream domain has a dot",
    "regions: { local: { nats: { jetstream: { domain: eu.east } } } }",
    'regions.local.nats.jetstream.domain: found "eu.east", but a JetStream domain has at most 63 letters, digits, - and _',
  ],
  [
    "an image has no tag",
    "regions: { local: { nats: { image: nats } } }",
    'regions.local.nats.image: found "nats", but an image needs a fixed tag (not latest) or a sha256 digest, such as nats:2.15.2-alpine',
  ],
  [
    "an image is the latest",
    "regions: { local: { nats: { image: 'registry.example:5000/nats:latest' } } }",
    'regions.local.nats.image: found "registry.example:5000/nats:latest", but an image needs a fixed tag (not latest) or a sha256 digest, such as nats:2.15.2-alpine',
  ],
  [
    "a label has no text",
    "regions: { local: { nats: { nodeSelector: { kubernetes.io/nats: true } } } }",
    'regions.local.nats.nodeSelector["kubernetes.io/nats"]: found true, but a label value is text of at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit (quote true, false and numbers)',
  ],
  [
    "a label key has a space",
    "regions: { local: { nats: { nodeSelector: { my disk: ssd } } } }",
    'regions.local.nats.nodeSelector["my disk"]: found "my disk" as a name, but a label key looks like kubernetes.io/arch or disk',
  ],
  [
    "a CPU quantity has a unit of its own",
    "regions: { local: { nats: { resources: { requests: { cpu: 2 cores } } } } }",
    'regions.local.nats.resources.requests.cpu: found "2 cores", but a CPU quantity is a number of cores or thousandths of one, such as 2, 0.5 or 500m',
  ],
  [
    "a CPU quantity is nothing",
    "regions: { local: { nats: { resources: { limits: { cpu: 0 } } } } }",
    "regions.local.nats.resources.limits.cpu: found 0, but a CPU quantity is a number of cores or thousandths of one, such as 2, 0.5 or 500m",
  ],
  [
    "seedFrom has a colon",
    "accounts: { SERVICES: { seedFrom: 'vault:seed' } }",
    'accounts.SERVICES.seedFrom: found "vault:seed", but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)',
  ],
  [
    "seedFrom takes the name of the configuration itself",
    "operator: { seedFrom: platform }",
    'operator.seedFrom: found "platform", but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)',
  ],
  [
    "a seed itself stands in seedFrom",
    "operator: { seedFrom: SOAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA }",
    'operator.seedFrom: found "(secret, not shown)", but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)',
  ],
  [
    "a seed stands where a name belongs",
    "accounts: { SUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA: {} }",
    'accounts.(secret, not shown): found "(secret, not shown)" as a name, but a name has at most 63 letters, digits, - and _, and begins and ends with a letter or digit',
  ],
  [
    "a folder is absolute",
    "regions: { local: { target: { render: /srv/local } } }",
    'regions.local.target.render: found "/srv/local", but a folder here is relative and inside the project, such as deploy/eu-east (letters, digits, ., -, _ and / only)',
  ],
  [
    "a folder leads out of the project",
    "regions: { local: { target: { render: deploy/../../local } } }",
    'regions.local.target.render: found "deploy/../../local", but a folder here is relative and inside the project, such as deploy/eu-east (letters, digits, ., -, _ and / only)',
  ],
  [
    "a subject has an empty token",
    "accounts: { SERVICES: { roles: { worker: { publish: [orders..new] } } } }",
    'accounts.SERVICES.roles.worker.publish[0]: found "orders..new", but a subject\'s tokens cannot be empty: no dot at the start or the end, and no two together',
  ],
  [
    "a subject goes on after >",
    "accounts: { SERVICES: { roles: { worker: { subscribe: [orders.>.new] } } } }",
    'accounts.SERVICES.roles.worker.subscribe[0]: found "orders.>.new", but > must be the last token',
  ],
  [
    "a subject to publish has a queue group",
    "accounts: { SERVICES: { roles: { worker: { publish: [orders.> workers] } } } }",
    'accounts.SERVICES.roles.worker.publish[0]: found "orders.> workers", but a subject cannot contain a space',
  ],
  [
    "a denied subject has a half wildcard",
    "accounts: { SERVICES: { roles: { worker: { subscribe: { deny: [ord*] } } } } }",
    'accounts.SERVICES.roles.worker.subscribe.deny[0]: found "ord*", but a wildcard (* or >) must be a token of its own',
  ],
  [
    "a template is unknown",
    "accounts: { SERVICES: { roles: { worker: { publish: ['{{user()}}.>'] } } } }",
    'accounts.SERVICES.roles.worker.publish[0]: found "{{user()}}.>", but the template "{{user()}}" is unknown; allowed are name(), subject(), account-name(), account-subject(), tag(key) and account-tag(key)',
  ],
  [
    "a subject is a number",
    "accounts: { SERVICES: { roles: { worker: { publish: [1] } } } }",
    "accounts.SERVICES.roles.worker.publish[0]: found 1, but a subject is text, such as orders.>",
  ],
]);
