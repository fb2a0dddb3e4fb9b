import * as client from 'openid-client';
import { assert, callback, check, issuer, machine, management, ownApi, run, visit } from './check.mjs';

const discover = (...rest) => client.discovery(new URL(issuer), ...rest);
const person = await discover('emulator-native', undefined, client.None());

check('authenticates a machine in both ways', async () => {
  for (const way of [client.ClientSecretBasic, client.ClientSecretPost]) {
    const robot = await discover(machine.clientId, undefined, way(machine.clientSecret));
    const tokens = await client.clientCredentialsGrant(robot, { audience: management, scope: 'read:clients' });
    assert.equal(tokens.scope, 'read:clients');
  }
});
check('decodes Basic credentials', async () => {
  const robot = await discover(machine.clientId, undefined, client.ClientSecretBasic('a wrong+secret/%&='));
  await assert.rejects(client.clientCredentialsGrant(robot, { audience: management }), (e) => e.error === 'access_denied');
});
check('signs a person in with PKCE, refreshes, reads userinfo and revokes', async () => {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(person, {
    redirect_uri: callback, scope: 'openid profile offline_access read:things', audience: ownApi, state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
  });
  const tokens = await client.authorizationCodeGrant(person, await visit(url), {
    pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
  });
  const { sub } = tokens.claims();
  assert.equal((await client.fetchUserInfo(person, tokens.access_token, sub)).name, 'Ann Example');
  const renewed = await client.refreshTokenGrant(person, tokens.refresh_token, { scope: 'openid' });
  assert.equal(renewed.scope, 'openid');
  await client.tokenRevocation(person, renewed.refresh_token);
  await assert.rejects(client.refreshTokenGrant(person, renewed.refresh_token), (e) => e.error === 'invalid_grant');
});
check('is refused without a code verifier', async () => {
  const url = client.buildAuthorizationUrl(person, { redirect_uri: callback, scope: 'openid' });
  assert.equal((await visit(url)).searchParams.get('error'), 'invalid_request');
});
check('starts the device flow', async () => {
  const begun = await client.initiateDeviceAuthorization(person, { scope: 'openid' });
  assert.equal(begun.interval, 5);
  const tokens = await client.pollDeviceAuthorizationGrant(person, begun);
  assert.ok(tokens.id_token);
});

await run('openid-client');
