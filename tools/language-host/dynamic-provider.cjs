// The provider of dynamic resources, as the project's own SDK brings it.
require("./end-with-parent.cjs");
const { createRequire } = require("node:module");
const { join } = require("node:path");

require(createRequire(join(process.cwd(), "package.json")).resolve("@pulumi/pulumi/cmd/dynamic-provider"));
