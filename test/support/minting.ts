import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { accountClaims } from "../../nats/claims/account.ts";
import { verifyJwt } from "../../nats/jwt.ts";
import { encodeSeed, publicKeyOf, type PublicNkey, type Seed } from "../../nats/nkeys.ts";
import { keyProvider, type KeyInputs, type KeyOutputs } from "../../providers/key.ts";
import type { MaterialKind } from "../../providers/material.ts";
import { signedJwtProvider, type SignedJwtInputs, type SignedJwtOutputs } from "../../providers/signed-jwt.ts";
import { open } from "../../providers/stores/keep.ts";
import { reachable, type StoreSettings } from "../../providers/stores/store.ts";

/** A store whose keys and signatures are tried. */
export interface StoreUnderTest {
  readonly name: string;
  readonly settings: () => StoreSettings;
  readonly kinds: readonly MaterialKind[];
  /** Keys are made as signing keys, whose material nobody can read. */
  readonly isTransit?: boolean;
}

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
let names = 0;

/** Tests that hold for minting and signing with whatever store. */
export function testStore(store: StoreUnderTest): void {
  testMinting(store);
  testSigning(store);
}

function newInputs(store: StoreUnderTest, over: Partial<KeyInputs> = {}): KeyInputs {
  names += 1;
  const name = `account.T${String(names)}`;
  const signing = store.isTransit === true ? { isSigningKey: true } : {};
  return { kind: "account", name, keys: store.settings(), ...signing, ...over };
}

async function minted(inputs: KeyInputs): Promise<{ id: string; outs: KeyOutputs }> {
  const { id, outs } = await keyProvider.create(inputs);
  assert.ok(outs);
  return { id, outs };
}

function materialOf({ location }: KeyOutputs, { settings }: StoreUnderTest): Promise<string> {
  return open(reachable(location, settings()));
}

function testMinting(store: StoreUnderTest): void {
  for (const kind of store.kinds) {
    test(`${store.name}: two keys of kind ${kind} are never the same, and their ids say nothing of their material`, async () => {
      const [one, other] = [await minted(newInputs(store, { kind })), await minted(newInputs(store, { kind }))];
      assert.notEqual(one.id, other.id);
      assert.equal(one.id, one.outs.publicId);
      assert.ok(Math.abs(one.outs.mintedAt - Date.now() / 1000) < 60);
      if (store.isTransit === true) return;
      const material = await materialOf(one.outs, store);
      assert.notEqual(material, await materialOf(other.outs, store));
      assert.ok(!one.id.includes(material) && !material.includes(one.id));
      const { location: _, ...shown } = one.outs;
      assert.ok(!JSON.stringify(shown).includes(material));
    });
  }

  test(`${store.name}: an adopted seed is kept as it is, and the key's id is its public key`, async () => {
    const seed = encodeSeed("account", crypto.getRandomValues(new Uint8Array(32)));
    const { id, outs } = await minted(newInputs(store, { adopt: seed }));
    assert.equal(id, publicKeyOf(seed));
    if (store.isTransit !== true) assert.equal(await materialOf(outs, store), seed);
    const copies = outs.location.store === "state" ? 1 : 0;
    assert.equal(JSON.stringify(outs).split(seed).length, 1 + copies);
  });

  test(`${store.name}: no input that changes makes another key of one that is minted`, async () => {
    const inputs = newInputs(store);
    const { id, outs } = await minted(inputs);
    for (const over of [{ kind: "operator" }, { name: "other" }, { adopt: unknown }] as const) {
      assert.deepEqual(await keyProvider.diff(id, outs, { ...inputs, ...over }), { changes: false });
    }
    assert.deepEqual(await keyProvider.update(id, outs, { ...inputs, kind: "operator" }), { outs });
    assert.deepEqual(await keyProvider.read(id, outs), { id, props: outs });
  });

  test(`${store.name}: the key's own seed may be given again, another one is refused without showing it`, async () => {
    const seed = encodeSeed("account", crypto.getRandomValues(new Uint8Array(32)));
    const inputs = newInputs(store, { adopt: seed });
    const { id, outs } = await minted(inputs);
    assert.deepEqual(await keyProvider.diff(id, outs, inputs), { changes: false });
    const other = encodeSeed("account", new Uint8Array(32).fill(3));
    assert.throws(
      () => keyProvider.diff(id, outs, { ...inputs, adopt: other }),
      (error: Error) => {
        assert.match(error.message, /^account\.T\d+: the seed given for adoption is not the seed of A[A-Z2-7]{55},/);
        assert.ok(!error.message.includes(other));
        return error.stack === "";
      },
    );
  });
}

const account = publicKeyOf(encodeSeed("account", new Uint8Array(32).fill(2)));

function claimsOf(connections: number) {
  return accountClaims({ sub: account, name: "A", nats: { limits: { conn: connections } } });
}

function testSigning(store: StoreUnderTest): void {
  const signer = async (): Promise<Pick<SignedJwtInputs, "issuer" | "signer">> => {
    const { outs } = await minted(newInputs(store, { kind: "operator" }));
    return { issuer: outs.publicId as PublicNkey, signer: reachable(outs.location, store.settings()) };
  };
  const signed = async (inputs: SignedJwtInputs): Promise<SignedJwtOutputs> => {
    const { outs } = await signedJwtProvider.create(inputs);
    assert.ok(outs);
    return outs;
  };
  const changes = async (olds: SignedJwtOutputs, news: SignedJwtInputs) =>
    (await signedJwtProvider.diff(account, olds, news)).changes;

  test(`${store.name}: claims are signed by the key, and again only when they or the key change`, async () => {
    const by = await signer();
    const asked = { claims: claimsOf(-1), ...by };
    const first = await signed(asked);
    const { claims } = verifyJwt(first.jwt);
    assert.equal(claims.iss, by.issuer);
    assert.equal(claims.iat, first.issuedAt);
    const { limits, ...nats } = asked.claims.nats as { limits: object };
    const shuffled = {
      nats: { ...Object.fromEntries(Object.entries(nats).reverse()), limits },
      name: "A",
      sub: account,
    };
    assert.equal(await changes(first, { ...asked, claims: shuffled as unknown as SignedJwtInputs["claims"] }), false);
    assert.equal(await changes(first, { ...asked, claims: claimsOf(5) }), true);
    assert.equal(await changes(first, { ...asked, ...(await signer()) }), true);
    assert.equal(await changes(first, { ...asked, claims: unknown as unknown as SignedJwtInputs["claims"] }), true);
  });

  test(`${store.name}: a JWT that is signed again is later than the one before, also when the clock went back`, async (t) => {
    const asked = { claims: claimsOf(-1), ...(await signer()) };
    const first = await signed(asked);
    t.after(() => {
      mock.timers.reset();
    });
    for (const now of [Date.now(), 0]) {
      mock.timers.enable({ apis: ["Date"], now });
      const { outs } = await signedJwtProvider.update(account, first, { ...asked, claims: claimsOf(5) });
      mock.timers.reset();
      assert.ok((outs?.issuedAt ?? 0) > first.issuedAt);
      assert.equal(verifyJwt(outs?.jwt ?? "").claims.iat, outs?.issuedAt);
    }
  });
}

/** A seed for tests that need one. */
export function someSeed(kind: "operator" | "account" | "user"): Seed {
  return encodeSeed(kind, crypto.getRandomValues(new Uint8Array(32)));
}
