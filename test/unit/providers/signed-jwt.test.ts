import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { accountClaims } from "../../../nats/claims/account.ts";
import { verifyJwt } from "../../../nats/jwt.ts";
import { encodeSeed, publicKeyOf } from "../../../nats/nkeys.ts";
import { signedJwtProvider, type SignedJwtInputs, type SignedJwtOutputs } from "../../../providers/signed-jwt.ts";

const operator = encodeSeed("operator", new Uint8Array(32).fill(1));
const account = publicKeyOf(encodeSeed("account", new Uint8Array(32).fill(2)));

function inputs(connections = -1, signer = operator): SignedJwtInputs {
  const claims = accountClaims({ sub: account, name: "A", nats: { limits: { conn: connections } } });
  return { claims, issuer: publicKeyOf(signer), signer: { store: "state", material: signer } };
}

async function signed(asked: SignedJwtInputs): Promise<SignedJwtOutputs> {
  const { outs } = await signedJwtProvider.create(asked);
  assert.ok(outs);
  return outs;
}

async function changes(olds: SignedJwtOutputs, news: SignedJwtInputs): Promise<boolean | undefined> {
  return (await signedJwtProvider.diff(account, olds, news)).changes;
}

test("unchanged claims are not signed again, in whatever order their keys come back from the engine", async () => {
  const asked = inputs();
  const { limits, ...nats } = asked.claims.nats as { limits: object };
  const shuffled = {
    ...asked,
    claims: { nats: { ...Object.fromEntries(Object.entries(nats).reverse()), limits }, name: "A", sub: account },
  };
  assert.equal(await changes(await signed(asked), shuffled as unknown as SignedJwtInputs), false);
});

test("changed claims are signed again", async () => {
  assert.equal(await changes(await signed(inputs()), inputs(5)), true);
});

test("claims are signed again for another signer", async () => {
  const other = encodeSeed("operator", new Uint8Array(32).fill(3));
  assert.equal(await changes(await signed(inputs()), inputs(-1, other)), true);
});

test("claims that a preview does not know yet are a change", async () => {
  const unknown = { ...inputs(), claims: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } as unknown as SignedJwtInputs;
  assert.equal(await changes(await signed(inputs()), unknown), true);
});

test("a JWT that is signed again within a second is later than the one before", async () => {
  const first = await signed(inputs());
  const { outs } = await signedJwtProvider.update(account, first, inputs(5));
  assert.ok(outs && outs.issuedAt > first.issuedAt);
  assert.equal(verifyJwt(outs.jwt).claims.iat, outs.issuedAt);
  assert.notEqual(verifyJwt(outs.jwt).claims.jti, verifyJwt(first.jwt).claims.jti);
});

test("a clock that went back does not take iat with it", async () => {
  const first = await signed(inputs());
  mock.timers.enable({ apis: ["Date"], now: (first.issuedAt - 3600) * 1000 });
  try {
    const { outs } = await signedJwtProvider.update(account, first, inputs(5));
    assert.equal(outs?.issuedAt, first.issuedAt + 1);
  } finally {
    mock.timers.reset();
  }
});

test("the signer's seed is in no output", async () => {
  assert.ok(!JSON.stringify(await signed(inputs())).includes(operator));
});
