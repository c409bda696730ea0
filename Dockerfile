# The image of the controller that hands out credentials by labels (docs/discovery.md) and of the system exporter
# (docs/system-exporter.md):
#   docker build -t registry.example/nats-platform:0.1.0 .
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Neither of them ever loads Pulumi, and what only Pulumi programs need is most of the dependencies.
RUN npm ci --omit=dev --ignore-scripts \
 && npm pkg set --json "dependencies=$(node -p 'const all = require("./package.json").dependencies; \
      JSON.stringify(Object.fromEntries(["@kubernetes/client-node", "@nats-io/transport-node", "prom-client", "sodium-native", "zod"].map((name) => [name, all[name]])))')" \
 && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY cli cli
COPY components/discovery components/discovery
COPY config config
COPY nats nats
COPY providers providers
COPY tools/project.ts tools/project.ts
USER 1000:1000
ENTRYPOINT ["node", "cli/main.ts"]
