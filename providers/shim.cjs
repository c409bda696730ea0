"use strict";
// Never edit an object in this file: its serialized text stands in the state of every key, JWT and manifest ever made,
// and a changed text is a changed resource (test/unit/providers/shim.test.ts holds its sha). What the providers do is in
// the files they load, each only when it is called, by a path relative to the project folder, in which Pulumi starts
// the provider process. These paths live in the state for ever, too.
module.exports = {
  key: {
    check: (olds, news) => require("./providers/key.ts").keyProvider.check(olds, news),
    diff: (id, olds, news) => require("./providers/key.ts").keyProvider.diff(id, olds, news),
    create: (inputs) => require("./providers/key.ts").keyProvider.create(inputs),
    read: (id, props) => require("./providers/key.ts").keyProvider.read(id, props),
    update: (id, olds, news) => require("./providers/key.ts").keyProvider.update(id, olds, news),
    delete: (id, props) => require("./providers/key.ts").keyProvider.delete(id, props),
  },
  signedJwt: {
    check: (olds, news) => require("./providers/signed-jwt.ts").signedJwtProvider.check(olds, news),
    diff: (id, olds, news) => require("./providers/signed-jwt.ts").signedJwtProvider.diff(id, olds, news),
    create: (inputs) => require("./providers/signed-jwt.ts").signedJwtProvider.create(inputs),
    read: (id, props) => require("./providers/signed-jwt.ts").signedJwtProvider.read(id, props),
    update: (id, olds, news) => require("./providers/signed-jwt.ts").signedJwtProvider.update(id, olds, news),
    delete: (id, props) => require("./providers/signed-jwt.ts").signedJwtProvider.delete(id, props),
  },
  manifest: {
    check: (olds, news) => require("./providers/manifest.ts").manifestProvider.check(olds, news),
    diff: (id, olds, news) => require("./providers/manifest.ts").manifestProvider.diff(id, olds, news),
    create: (inputs) => require("./providers/manifest.ts").manifestProvider.create(inputs),
    read: (id, props) => require("./providers/manifest.ts").manifestProvider.read(id, props),
    update: (id, olds, news) => require("./providers/manifest.ts").manifestProvider.update(id, olds, news),
    delete: (id, props) => require("./providers/manifest.ts").manifestProvider.delete(id, props),
  },
  credential: {
    check: (olds, news) => require("./providers/credential.ts").credentialProvider.check(olds, news),
    diff: (id, olds, news) => require("./providers/credential.ts").credentialProvider.diff(id, olds, news),
    create: (inputs) => require("./providers/credential.ts").credentialProvider.create(inputs),
    read: (id, props) => require("./providers/credential.ts").credentialProvider.read(id, props),
    update: (id, olds, news) => require("./providers/credential.ts").credentialProvider.update(id, olds, news),
    delete: (id, props) => require("./providers/credential.ts").credentialProvider.delete(id, props),
  },
  document: {
    check: (olds, news) => require("./providers/document.ts").documentProvider.check(olds, news),
    diff: (id, olds, news) => require("./providers/document.ts").documentProvider.diff(id, olds, news),
    create: (inputs) => require("./providers/document.ts").documentProvider.create(inputs),
    read: (id, props) => require("./providers/document.ts").documentProvider.read(id, props),
    update: (id, olds, news) => require("./providers/document.ts").documentProvider.update(id, olds, news),
    delete: (id, props) => require("./providers/document.ts").documentProvider.delete(id, props),
  },
  clusterSecret: {
    check: (olds, news) => require("./providers/cluster-secret.ts").clusterSecretProvider.check(olds, news),
    diff: (id, olds, news) => require("./providers/cluster-secret.ts").clusterSecretProvider.diff(id, olds, news),
    create: (inputs) => require("./providers/cluster-secret.ts").clusterSecretProvider.create(inputs),
    read: (id, props) => require("./providers/cluster-secret.ts").clusterSecretProvider.read(id, props),
    update: (id, olds, news) => require("./providers/cluster-secret.ts").clusterSecretProvider.update(id, olds, news),
    delete: (id, props) => require("./providers/cluster-secret.ts").clusterSecretProvider.delete(id, props),
  },
  secretDocument: {
    check: (olds, news) => require("./providers/secret-document.ts").secretDocumentProvider.check(olds, news),
    diff: (id, olds, news) => require("./providers/secret-document.ts").secretDocumentProvider.diff(id, olds, news),
    create: (inputs) => require("./providers/secret-document.ts").secretDocumentProvider.create(inputs),
    read: (id, props) => require("./providers/secret-document.ts").secretDocumentProvider.read(id, props),
    update: (id, olds, news) => require("./providers/secret-document.ts").secretDocumentProvider.update(id, olds, news),
    delete: (id, props) => require("./providers/secret-document.ts").secretDocumentProvider.delete(id, props),
  },
  withdrawn: {
    check: (olds, news) => require("./providers/withdrawn.ts").withdrawnProvider.check(olds, news),
    diff: (id, olds, news) => require("./providers/withdrawn.ts").withdrawnProvider.diff(id, olds, news),
    create: (inputs) => require("./providers/withdrawn.ts").withdrawnProvider.create(inputs),
    read: (id, props) => require("./providers/withdrawn.ts").withdrawnProvider.read(id, props),
    update: (id, olds, news) => require("./providers/withdrawn.ts").withdrawnProvider.update(id, olds, news),
    delete: (id, props) => require("./providers/withdrawn.ts").withdrawnProvider.delete(id, props),
  },
};
