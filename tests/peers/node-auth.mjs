import { AuthClient } from '@auth0/auth0-auth-js';
import { assert, callback, check, domain, machine, management, ownApi, run, visit } from './check.mjs';

// This SDK is for servers: it wants a confidential application, which a machine registers first.
const robot = new AuthClient({ domain, ...machine });
const { accessToken } = await robot.getTokenByClientCredentials({ audience: management });
const registered = await fetch(`${management}clients`, {
  method: 'POST',
  headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
  body: JSON.stringify({
    name: 'Peer web', app_type: 'regular_web', callbacks: [callback], allowed_logout_urls: ['https://peer.example/'],
    grant_types: ['authorization_code', 'refresh_token'],
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
  }),
});
const { client_id: clientId, client_secret: clientSecret } = await registered.json();
const person = new AuthClient({ domain, clientId, clientSecret, authorizationParams: { redirect_uri: callback } });

async function signedIn(authorizationParams) {
  const { authorizationUrl, codeVerifier } = await person.buildAuthorizationUrl({ authorizationParams });
  return person.getTokenByCode(await visit(authorizationUrl), { codeVerifier });
}

check('gets a token for a machine', async () => {
  const tokens = await robot.getTokenByClientCredentials({ audience: management });
  assert.ok(tokens.accessToken);
});
check('signs a person in, refreshes, reads userinfo and revokes', async () => {
  const tokens = await signedIn({ scope: 'openid profile email offline_access read:things', audience: ownApi });
  assert.equal(tokens.claims.sub, 'auth0|ann');
  const info = await person.getUserInfo({ accessToken: tokens.accessToken });
  assert.equal(info.email, 'ann@example.com');
  const renewed = await person.getTokenByRefreshToken({ refreshToken: tokens.refreshToken });
  assert.notEqual(renewed.refreshToken, tokens.refreshToken);
  await person.revokeToken({ token: renewed.refreshToken, tokenTypeHint: 'refresh_token' });
  await assert.rejects(person.getTokenByRefreshToken({ refreshToken: renewed.refreshToken }));
});
check('gets an opaque token without an audience', async () => {
  const tokens = await signedIn({ scope: 'openid profile' });
  assert.notEqual(tokens.accessToken.split('.').length, 3);
  assert.equal((await person.getUserInfo({ accessToken: tokens.accessToken })).name, 'Ann Example');
});
check('builds a logout address that works', async () => {
  const url = await person.buildLogoutUrl({ returnTo: 'https://peer.example/' });
  const answer = await fetch(url, { redirect: 'manual' });
  assert.ok([200, 302].includes(answer.status), `${answer.status} ${await answer.text()}`);
});

await run('node-auth');
