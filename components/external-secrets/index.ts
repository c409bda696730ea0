export {
  credentialExternalSecret,
  documentExternalSecret,
  natsCredentials,
  templatedExternalSecret,
  type SecretSource,
  type TemplatedSecret,
} from "./external-secret.ts";
export { pushSecret, type PushedSecret } from "./push-secret.ts";
export { storeObjects, storeReference, type StoreArgs, type StoreObjects } from "./store.ts";
export { placeholder, template, type Filter, type Template } from "./template.ts";
export { trustDocument, type Signed } from "./trust-document.ts";
