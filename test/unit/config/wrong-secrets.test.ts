import { refuses } from "./wrong.ts";

const place = "deliver: [{ region: local, namespace: glass }]";
const mint = "natsNKeys: { mint: { secretName: glass-jwt-mint-nkey, generate: true } }";

refuses([
  [
    "what a Secret holds is both given and generated",
    `secrets: { ${place}, natsAuth: { policy: { secretName: p, generate: true, passwordFrom: policyPassword } } }`,
    "secrets.natsAuth.policy.generate: found true, but what it holds is given (passwordFrom): it is one or the other, so set generate to false, or take passwordFrom out",
  ],
  [
    "what a Secret holds is neither given nor generated",
    `secrets: { ${place}, natsNKeys: { user: { secretName: u } } }`,
    "secrets.natsNKeys.user: found neither generate nor seedFrom, but nothing says what it holds: generate: true mints it, seedFrom takes what exists",
  ],
  [
    "a secret stands in plain text",
    `secrets: { ${place}, natsAuth: { policy: { secretName: p, generate: true, password: hunter2 } } }`,
    "secrets.natsAuth.policy.password: found a value that may be a secret (not shown), but what is secret can't stand here in plain text: give it with passwordFrom",
  ],
  [
    "a password stands where its name belongs",
    `secrets: { ${place}, natsAuth: { policy: { secretName: p, passwordFrom: "hunter2 and more" } } }`,
    "secrets.natsAuth.policy.passwordFrom: found a value that may be a secret (not shown), but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)",
  ],
  [
    "a token's signer is unknown",
    `secrets: { ${place}, ${mint}, natsJwtAuth: { robot: { secretName: r, generate: true, signer: glass-jwt-mnt-nkey } } }`,
    'secrets.natsJwtAuth.robot.signer: found "glass-jwt-mnt-nkey", but natsNKeys has only the nkey glass-jwt-mint-nkey',
  ],
  [
    "a claim is not name:value",
    `secrets: { ${place}, ${mint}, natsJwtAuth: { robot: { secretName: r, generate: true, claims: ["robot_type=service"] } } }`,
    'secrets.natsJwtAuth.robot.claims[0]: found "robot_type=service", but a claim is name:value, such as robot_type:service',
  ],
  [
    "a Secret's name has more than 63 characters",
    `secrets: { ${place}, natsAuth: { policy: { secretName: ${"x".repeat(64)}, generate: true } } }`,
    `secrets.natsAuth.policy.secretName: found "${"x".repeat(60)}…", but a Secret's name has at most 63 of a-z, 0-9 and - (a values file's with its prefix), and begins and ends with a letter or digit`,
  ],
  [
    "two entries have one Secret",
    `secrets: { ${place}, natsAuth: { a: { secretName: same, generate: true } }, natsNKeys: { b: { secretName: same, generate: true } } }`,
    'secrets.natsAuth.a.secretName: found "same", but secrets.natsNKeys.b.secretName has this name: each Secret has one of its own',
  ],
  [
    "a Secret is one that a user's credentials are delivered to",
    "secrets: { deliver: [{ region: local, namespace: orders }], natsAuth: { a: { secretName: orders-nats, generate: true } } }",
    'secrets.natsAuth.a.secretName: found "orders-nats", but accounts.SERVICES.users.orders.deliver[0] already writes it in orders of region local',
  ],
  [
    "a Secret is one of the servers' own",
    "secrets: { deliver: [{ region: local, namespace: nats }], natsAuth: { a: { secretName: nats-config, generate: true } } }",
    'secrets.natsAuth.a.secretName: found "nats-config", but this program has it for the servers in nats of region local',
  ],
  [
    "nothing says where a Secret goes",
    "secrets: { natsAuth: { a: { secretName: a, generate: true } } }",
    "secrets.natsAuth.a: found no region and namespace, but nothing says where it is to be: give it deliver, or all of them secrets.deliver",
  ],
  [
    "a Secret goes to a region that does not exist",
    "secrets: { deliver: [{ region: locl, namespace: glass }], natsAuth: { a: { secretName: a, generate: true } } }",
    'secrets.deliver[0].region: found "locl", but this stack has only the region local',
  ],
  [
    "a public key stands alone",
    `secrets: { ${place}, natsNKeys: { user: { secretName: u, publicKey: U${"A".repeat(55)} } } }`,
    "secrets.natsNKeys.user.publicKey: found a public key alone, but its seed is needed too: seedFrom",
  ],
  [
    "a token for an application lacks its issuer and audience, and its signer is one that servers trust",
    `
secrets:
  ${place}
  natsNKeys: { mint: { secretName: mint, generate: true, kind: account } }
  natsJwtAuth: { robot: { secretName: r, generate: true, signer: mint, format: application } }
`,
    "secrets.natsJwtAuth.robot.audience: found nothing, but a token for an application needs it",
    "secrets.natsJwtAuth.robot.issuer: found nothing, but a token for an application needs it",
    'secrets.natsJwtAuth.robot.signer: found "mint", but natsNKeys has it of kind account, whose signatures NATS servers trust: a token for an application needs one of kind user',
  ],
  [
    "a field of another format",
    `secrets: { ${place}, ${mint}, natsJwtAuth: { robot: { secretName: r, generate: true, audience: x } } }`,
    'secrets.natsJwtAuth.robot.audience: found "x", but it goes with format application alone',
  ],
  [
    "a cluster is looked into that is looked into anyway, and one of no region",
    `
secrets: { existing: [{ region: us, context: us }, { region: nowhere, context: x }] }
regions: { us: { target: { context: us } } }
`,
    'secrets.existing[0].region: found "us", but its target is a cluster, which is looked into anyway',
    'secrets.existing[1].region: found "nowhere", but this stack has only the regions local and us',
  ],
  [
    "the values file is not there",
    "secrets: { fromValues: deploy/nothing.yaml }",
    'secrets.fromValues: found "deploy/nothing.yaml", but there is no such file, relative to the project',
  ],
  [
    "the values file is another chart's",
    "secrets: { fromValues: Pulumi.dev.yaml }",
    'secrets.fromValues: found "Pulumi.dev.yaml", but the file must have one of natsNKeys, natsAuth, natsJwtAuth, each a map of entries',
  ],
  [
    "what is given is not named as the store of the keys needs it",
    `secrets: { ${place}, natsAuth: { a: { secretName: a, passwordFrom: team/nats#password } } }`,
    "secrets.natsAuth.a.passwordFrom: found a value that may be a secret (not shown), but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)",
  ],
  [
    "a robot is to be a user of an account that is not there",
    `secrets: { ${place}, natsJwtAuth: { robot: { secretName: r, generate: true, format: nats, overwrite: true, account: SERVCES } } }`,
    'secrets.natsJwtAuth.robot.account: found "SERVCES", but format nats makes a user, and there is only the accounts SERVICES and SYS; did you mean SERVICES?',
  ],
  [
    "a robot has the name of a user that is declared",
    `secrets: { ${place}, natsJwtAuth: { robot: { secretName: r, generate: true, format: nats, overwrite: true, account: SERVICES, robotName: orders } } }`,
    'secrets.natsJwtAuth.robot.robotName: found "orders", but account SERVICES has a user of this name already: each user has one owner',
  ],
  [
    "a robot goes where its account does not allow it, with a role that is not there",
    `secrets: { ${place}, natsJwtAuth: { robot: { secretName: r, generate: true, format: nats, overwrite: true, account: SERVICES, role: robt } } }`,
    'secrets.deliver[0].namespace: found "glass", but account SERVICES allows only orders and auth-* in region local (accounts.SERVICES.allow)',
    'secrets.natsJwtAuth.robot.role: found "robt", but account SERVICES has only the role worker',
  ],
  [
    "a robot's claim can't be a tag",
    `secrets: { ${place}, natsJwtAuth: { robot: { secretName: r, generate: true, format: nats, overwrite: true, account: SERVICES, claims: ["Robot:x"] } } }`,
    'secrets.natsJwtAuth.robot.claims[0]: found "Robot:x", but format nats puts it into the user\'s tags: a tag is tag or key:value of a-z, 0-9, _ and -, such as team:orders',
  ],
  [
    "one Secret is to be twice in one place, also by way of two regions of one cluster",
    `
secrets:
  deliver: [{ region: a, namespace: glass }, { region: b, namespace: glass }]
  natsAuth: { policy: { secretName: p, generate: true } }
regions: { a: { target: { context: one } }, b: { target: { context: other, clusterIdentifier: one }, nats: { namespace: second } } }
`,
    'secrets.natsAuth.policy.secretName: found "p", but secrets.deliver[0] already writes it in glass of cluster one',
  ],
  [
    "two key sets are to be one ConfigMap, and one is of an nkey that signs nothing",
    `
secrets:
  ${place}
  natsNKeys:
    a: { secretName: a, generate: true, jwks: [{ region: local, namespace: x, configMap: same }] }
    b: { secretName: b, generate: true, jwks: [{ region: local, namespace: x, configMap: same }] }
  natsJwtAuth: { robot: { secretName: r, generate: true, signer: a, format: application, issuer: i, audience: x } }
`,
    "secrets.natsNKeys.b.jwks: found places for a key set, but no token of format application names this nkey as its signer, so there is nothing to check with it",
    "secrets.natsNKeys.b.jwks[0].configMap: found same, but secrets.natsNKeys.a.jwks[0] already writes it in x of region local",
  ],
  [
    "a robot is to leave alone what is there, one has a token that is given, and one goes nowhere",
    `
secrets:
  natsJwtAuth:
    a: { secretName: a, generate: true, format: nats, account: SERVICES, deliver: [{ region: local, namespace: orders }] }
    b: { secretName: b, generate: true, format: nats, overwrite: true, account: SERVICES, deliver: [{ region: local, namespace: orders }], tokenFrom: x }
    c: { secretName: c, generate: true, format: nats, overwrite: true, account: SERVICES }
`,
    "secrets.natsJwtAuth.a.overwrite: found false (the default), but users' credentials take the place of a Secret of that name that is there: say so with true",
    "secrets.natsJwtAuth.b.tokenFrom: found a token that is given, but it goes with the other formats: what format nats delivers follows from the account's keys",
    "secrets.natsJwtAuth.c: found no region and namespace, but nothing says where its credentials are to be: give it deliver, or all of them secrets.deliver",
  ],
]);
