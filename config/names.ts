/** What a name may look like, and how an error says it. */
export interface NameRule {
  readonly pattern: RegExp;
  readonly allowed: string;
}

/**
 * Names of operators, accounts, users and roles. They become label values, hence
 * 63 characters and no dash at either end. A seed would fit, and must not.
 */
export const entityName: NameRule = {
  pattern: /^(?!S[OAUNCX][A-Z2-7]{30})[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
  allowed: "a name has at most 63 letters, digits, - and _, and begins and ends with a letter or digit",
};

/** RFC 1123 label: namespaces and regions. */
export const dnsLabel: NameRule = {
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  allowed: "a name here has at most 63 of a-z, 0-9 and -, and begins and ends with a letter or digit",
};

/** RFC 1123 subdomain: Secrets, storage classes, the cluster's DNS domain. */
export const dnsSubdomain: NameRule = {
  pattern: /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
  allowed:
    "a name here has at most 253 of a-z, 0-9, - and ., and every part between dots begins and ends with a letter or digit",
};

/** A {@link dnsLabel} in which `*` stands for any run of characters. */
export const dnsLabelGlob: NameRule = {
  pattern: /^(?=.{1,63}$)[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?$/,
  allowed: "a pattern has at most 63 of a-z, 0-9, - and *, such as orders, auth-* or *",
};

/** What a controller's label keys begin with: a {@link labelKey}'s prefix, and room for the longest word after it. */
export const labelPrefix: NameRule = {
  pattern: /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,46})?$/,
  allowed: "what label keys begin with looks like example.com/ or example.com/nats-",
};

/** Label of an alert that notifications are grouped by; `...` stands for all of them. */
export const alertLabel: NameRule = {
  pattern: /^(?:[A-Za-z_][A-Za-z0-9_]*|\.\.\.)$/,
  allowed: "a label of alerts has letters, digits and _, and does not begin with a digit (or ... for all labels)",
};

/** JetStream domain: a single token of a subject. */
export const jetStreamDomain: NameRule = {
  pattern: /^[A-Za-z0-9_-]{1,63}$/,
  allowed: "a JetStream domain has at most 63 letters, digits, - and _",
};

/** Key in `pulumi config set --secret <key>`. A seed would fit, and must not. */
export const configKey: NameRule = {
  pattern: /^(?!platform$|S[OAUNCX][A-Z2-7]{30})[A-Za-z][A-Za-z0-9_-]{0,62}$/,
  allowed:
    "the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not platform, and not the seed itself)",
};

/** A field of a secret in a KV mount: path below the mount, then the field's name. */
export const vaultField: NameRule = {
  pattern: /^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*#[\w.-]{1,63}$/,
  allowed:
    "with keys in Vault, an existing seed is taken from there: its path below keys.mount, # and its field, such as my-team/nats#sys_account_seed",
};

/** What a values file gives: nobody writes this, for a configuration value's name has no dots. */
export const valuesEntry: NameRule = {
  pattern: /^values\.(natsNKeys|natsAuth|natsJwtAuth)\.[\w-]{1,63}$/,
  allowed: "an entry of the values file",
};

/** Where an existing seed is: which of the two it has to be depends on the store of the keys. */
export const seedSource: NameRule = {
  pattern: new RegExp(
    `(?:${configKey.pattern.source})|(?:${vaultField.pattern.source})|(?:${valuesEntry.pattern.source})`,
  ),
  allowed: configKey.allowed,
};

/** A Secret that we make: pods name volumes after it, so that it is a label and has no dots. */
export const generatedSecretName: NameRule = {
  pattern: dnsLabel.pattern,
  allowed:
    "a Secret's name has at most 63 of a-z, 0-9 and - (a values file's with its prefix), and begins and ends with a letter or digit",
};

/** A public nkey as text; a seed would not fit. */
export const publicNkey: NameRule = {
  pattern: /^[UA][A-Z2-7]{55}$/,
  allowed: "a public key (U…, or A… of an account) is needed here",
};

/** A claim of a robot token. */
export const claim: NameRule = {
  pattern: /^[A-Za-z_][\w.-]{0,62}:[\x20-\x7e]{1,200}$/,
  allowed: "a claim is name:value, such as robot_type:service",
};

/** Tag of a user: the server compares tags in lower case, and a role's subjects may use them. */
export const userTag: NameRule = {
  pattern: /^[a-z0-9_-]+(?::[a-z0-9_-]+)?$/,
  allowed: "a tag is tag or key:value of a-z, 0-9, _ and -, such as team:orders",
};

/** Image with a tag other than latest, or with a digest: what runs must not depend on the day it is pulled. */
export const imageReference: NameRule = {
  pattern:
    /^(?=.{1,512}$)(?:[A-Za-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::(?!latest(?:@|$))[\w][\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
  allowed: "an image needs a fixed tag (not latest) or a sha256 digest, such as nats:2.15.2-alpine",
};

/** Kubernetes label key: an optional DNS prefix and a name. */
export const labelKey: NameRule = {
  pattern: /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
  allowed: "a label key looks like kubernetes.io/arch or disk",
};

/** Kubernetes label value. */
export const labelValue: NameRule = {
  pattern: /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/,
  allowed:
    "a label value is text of at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit (quote true, false and numbers)",
};

/** Label by which Prometheus tells a cluster from others: not one that the expression has already. */
export const metricLabel: NameRule = {
  pattern: /^(?!__|namespace$|persistentvolumeclaim$)[A-Za-z_][A-Za-z0-9_]*$/,
  allowed: "a label of Prometheus looks like cluster; namespace and persistentvolumeclaim are asked for anyhow",
};

/** Value of such a label, which stands in PromQL as it is. Grafana's variables begin with `$`. */
export const metricLabelValue: NameRule = {
  pattern: /^[^"\\$\p{C}]{1,200}$/u,
  allowed: 'the value of a label in Prometheus is text of at most 200 characters, without ", \\ and $',
};

/** Kubernetes CPU quantity. */
export const cpuQuantity: NameRule = {
  pattern: /^(?=.*[1-9])(?:\d+m|\d+(?:\.\d{1,3})?)$/,
  allowed: "a CPU quantity is a number of cores or thousandths of one, such as 2, 0.5 or 500m",
};

/** Folder for rendered manifests, relative to the project. */
export const folderName: NameRule = {
  pattern: /^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/,
  allowed:
    "a folder here is relative and inside the project, such as deploy/eu-east (letters, digits, ., -, _ and / only)",
};

/** Address of a Vault: plain HTTP is for one on this machine (a proxy, or a development server). */
export const vaultAddress: NameRule = {
  pattern: /^(?:https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?)$/,
  allowed: "an address like https://vault.example:8200 is needed here (plain http only for localhost)",
};

/** Mounts, folders and namespaces of Vault: no slash at either end, no wildcards of its policies. */
export const vaultPath: NameRule = {
  pattern: /^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/,
  allowed: "a path here has letters, digits, ., -, _, and single slashes between, such as my-team/nats",
};

/** What names of policies and roles in Vault begin with; Vault makes them lower case. */
export const rolePrefix: NameRule = {
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
  allowed: "a prefix has at most 32 of a-z, 0-9 and -, and begins and ends with a letter or digit",
};

/** File inside the project. */
export const fileName: NameRule = {
  pattern: folderName.pattern,
  allowed: "a file here is relative and inside the project, such as vault-ca.pem (letters, digits, ., -, _ and / only)",
};

/** Stack of Pulumi, which may be another one of this project. */
export const stackName: NameRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/,
  allowed: "the name of a stack of this project is needed here, such as prod",
};

/** Claim of a JWT, or a JSON pointer to one. */
export const claimName: NameRule = {
  pattern: /^[\w./:@-]{1,200}$/,
  allowed: "the name of a claim is needed here, such as repository, or a JSON pointer, such as /project/path",
};

/** Key in a store: `operator.signing-1`, `account.IOT.users`. */
export const keyName: NameRule = {
  pattern: /^[A-Za-z0-9][\w-]*(?:\.[\w-]+)*$/,
  allowed: "the name of a key is needed here, such as account.IOT.users",
};

/** Address of something that Vault asks: an issuer of tokens, an API server. */
export const webAddress: NameRule = {
  pattern: /^(?:https:\/\/[A-Za-z0-9.-]+|http:\/\/(?:localhost|127\.0\.0\.1))(?::\d{1,5})?(?:\/[\w.~/-]*)?$/,
  allowed: "an address like https://issuer.example is needed here (plain http only for localhost)",
};

/** File on a server. */
export const serverPath: NameRule = {
  pattern: /^(?:stdout|\/(?:[\w.-]+\/)*[\w.-]+)$/,
  allowed: "an absolute path such as /vault/audit/audit.log is needed here, or stdout",
};
