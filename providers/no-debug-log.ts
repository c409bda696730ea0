import * as pulumi from "@pulumi/pulumi";

/**
 * Keeps the SDK's debug messages to itself. @pulumi/pulumi 3.270 writes every answer of the engine into them, secret outputs in plain
 * text; `pulumi up --json`, `--event-log` and `--debug` show them.
 */
const log: { debug: typeof pulumi.log.debug } = pulumi.log;
log.debug = () => Promise.resolve();
