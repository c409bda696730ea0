/** NACK's Accounts, as far as the controller and a person with kubectl need them (jetstream.nats.io_accounts.yaml of nack 0.23). */
export const accountsDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "accounts.jetstream.nats.io" },
  spec: {
    group: "jetstream.nats.io",
    scope: "Namespaced",
    names: { kind: "Account", singular: "account", plural: "accounts" },
    versions: [
      {
        name: "v1beta2",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  name: { type: "string" },
                  servers: { type: "array", items: { type: "string" } },
                  creds: {
                    type: "object",
                    properties: {
                      file: { type: "string" },
                      secret: { type: "object", properties: { name: { type: "string" } } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};
