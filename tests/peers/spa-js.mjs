// `@auth0/auth0-spa-js` in a headless Chromium: the page tells this server what happened.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { assert, callback, check, domain, ownApi, run } from './check.mjs';

const library = await readFile('node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js');
const page = `<!doctype html><script src="/spa.js"></script><script type="module">
const told = (result) => fetch('/told', { method: 'POST', body: JSON.stringify(result) });
try {
  const authorizationParams = { redirect_uri: '${callback}', audience: '${ownApi}', scope: 'openid profile email read:things' };
  const client = await auth0.createAuth0Client({ domain: '${domain}', clientId: 'emulator-native', authorizationParams });
  if (!location.search.includes('state=')) {
    await client.loginWithRedirect({ appState: { from: 'here' } });
  } else {
    const { appState } = await client.handleRedirectCallback();
    const user = await client.getUser();
    const first = await client.getTokenSilently();
    const again = await client.getTokenSilently({ cacheMode: 'off', detailedResponse: true });
    await told({ appState, user, renewed: first !== again.access_token, scope: again.scope });
  }
} catch (error) {
  await told({ error: String(error) });
}
</script>`;

/** Opens the page, and waits for what it tells. */
async function visited() {
  let browser;
  const server = createServer(async (request, response) => {
    if (request.url === '/spa.js') return response.end(library);
    if (request.url === '/told') {
      let body = '';
      for await (const part of request) body += part;
      response.end();
      return server.emit('told', JSON.parse(body));
    }
    response.setHeader('content-type', 'text/html');
    response.end(page);
  });
  server.listen(3000, '127.0.0.1');
  await once(server, 'listening');
  try {
    browser = spawn(process.env.CHROMIUM ?? 'chromium', [
      '--headless', '--no-sandbox', '--disable-gpu', '--ignore-certificate-errors', '--no-proxy-server',
      `--user-data-dir=${join(process.env.PEERS_SCRATCH, 'chromium')}`, '--remote-debugging-port=0',
      'http://127.0.0.1:3000/',
    ], { stdio: 'ignore' });
    const late = AbortSignal.timeout(60_000);
    return (await once(server, 'told', { signal: late }))[0];
  } finally {
    browser?.kill();
    server.closeAllConnections();
    server.close();
  }
}

check('signs in with a redirect and renews silently in a frame', async () => {
  const told = await visited();
  assert.equal(told.error, undefined);
  assert.equal(told.user.email, 'ann@example.com');
  assert.deepEqual(told.appState, { from: 'here' });
  assert.ok(told.renewed);
  assert.ok(told.scope.includes('read:things'));
});

await run('spa-js');
