import type { NameRule } from "../names.ts";

/** Version of Argo CD. */
export const argocdVersion: NameRule = {
  pattern: /^v?3\.\d{1,3}\.\d{1,3}$/,
  allowed: "a version of Argo CD from 3.0.0 up is needed here, such as 3.2.11",
};

/** A folder or a file in a Git repository, or a chart's file: relative, and never outside. */
export const repositoryPath: NameRule = {
  pattern: /^(?:\.|(?!\.{1,2}(?:\/|$))[\w.{}*-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.{}*-]+)*)$/,
  allowed: "a path here is relative and inside the repository, such as helm/glass-ui (no .., no / at its ends)",
};

/** Address of a repository: no login in it, which would be shown wherever an Application is. */
export const repositoryUrl: NameRule = {
  pattern:
    /^(?:https?:\/\/[^\s/@?#]+(?:\/[^\s?#]*)?|ssh:\/\/[\w.-]+@[^\s/@?#]+\/[^\s?#]*|[\w.-]+@(?:[\w.-]+|\[[\da-fA-F:.]+\]):[^\s?#]+|oci:\/\/[^\s@?#]+|file:\/\/\/[^\s@?#]+|[a-z0-9.-]+\.[a-z]{2,}(?::\d+)?\/[^\s@?#]+)$/,
  allowed:
    "the address of a repository is needed here, such as ssh://git@git.example/team/charts.git or https://charts.example (without a login or a token in it)",
};

/** Branch, tag, commit, or the version of a chart. */
export const revision: NameRule = {
  pattern: /^[\w.+~^*<>=!|, /-]{1,255}$/,
  allowed: "a branch, a tag, a commit or a chart's version is needed here, such as main or v1.4.2",
};

/** A namespace in which `{region}` stands for the region's name. */
export const namespacePattern: NameRule = {
  pattern: /^(?=.{1,63}$)(?:[a-z0-9]|\{region\})(?:(?:[a-z0-9-]|\{region\})*(?:[a-z0-9]|\{region\}))?$/,
  allowed: "a namespace is needed here, in which {region} stands for the region's name, such as auth-{region}",
};

/** API server of a cluster. */
export const clusterAddress: NameRule = {
  pattern: /^https:\/\/[A-Za-z0-9.[\]:-]+(?:\/[\w./-]*[\w-])?$/,
  allowed: "the address of an API server is needed here, such as https://eu-east.example:6443 (no / at its end)",
};

/** Helm's own limit is 53 characters. */
export const releaseName: NameRule = {
  pattern: /^(?=.{1,53}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
  allowed: "a release name has at most 53 of a-z, 0-9 and -, and begins and ends with a letter or digit",
};

/** Kubernetes kind, or * for all. */
export const kindName: NameRule = {
  pattern: /^(?:\*|[A-Z][A-Za-z0-9]{0,62})$/,
  allowed: "a kind is needed here, such as Namespace, or *",
};

/** API group: empty for the core group, * for all. */
export const groupName: NameRule = {
  pattern: /^(?:|\*|[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/,
  allowed: 'an API group is needed here, such as apps, "" (the core group) or *',
};

/** Name of an environment variable. */
export const variableName: NameRule = {
  pattern: /^[A-Z][A-Z0-9_]{0,62}$/,
  allowed: "the name of an environment variable is needed here: A-Z, 0-9 and _",
};

/** A share of the Applications, or a number of them. */
export const maxUpdate: NameRule = {
  pattern: /^(?:100|[1-9]?\d)%$|^[1-9]\d{0,3}$/,
  allowed: 'a share such as "25%" or a number of Applications such as "3" is needed here',
};

/** Name of any object: RBAC's may have a colon, such as system:node. */
export const objectName: NameRule = {
  pattern: /^(?!\.{1,2}$)[^\s/%]{1,253}$/,
  allowed: "the name of an object is needed here, such as glass-ui or system:node (no space, / or %)",
};

/** RFC 6901: each step after a slash, in which ~1 is a slash and ~0 is a tilde. */
export const jsonPointer: NameRule = {
  pattern: /^(?:\/(?:[^~/]|~[01])*)+$/,
  allowed: "a JSON pointer is needed here, such as /spec/replicas (in a name ~1 is a slash)",
};

/** Names fields: what Argo CD puts into `del(…)`. */
export const jqPath: NameRule = {
  pattern: /^\./,
  allowed: 'an expression of jq that begins with a dot is needed here, such as .spec.replicas or .data["a.yaml"]',
};
