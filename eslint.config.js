import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "deploy/", ".nats-platform/"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Resources are made for their effect: `new Secret(...)` as a statement is how Pulumi programs read.
      "no-new": "off",
      "@typescript-eslint/no-extraneous-class": "off",
      // @kubernetes/client-node describes the API's objects as classes, and takes object literals.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // node:test returns promises that the runner awaits itself.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", package: "node:test", name: ["test", "describe", "it", "suite"] },
          ],
        },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { ignoreRestSiblings: true, argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
);
