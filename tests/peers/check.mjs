// Runs checks one after the other, and says how many passed.
import assert from 'node:assert/strict';

export { assert };
export const domain = process.env.AUTH0_DOMAIN;
export const issuer = `https://${domain}`;
export const management = `${issuer}/api/v2/`;
export const ownApi = 'https://api.example.com';
export const callback = 'http://127.0.0.1:3000/callback';
export const machine = {
  clientId: process.env.AUTH0_CLIENT_ID,
  clientSecret: process.env.AUTH0_CLIENT_SECRET,
};

const checks = [];
export const check = (name, work) => checks.push({ name, work });

export async function run(peer) {
  let passed = 0;
  for (const { name, work } of checks) {
    try {
      await work();
      passed += 1;
    } catch (error) {
      console.error(`${peer}: ${name}: ${error.stack ?? error}`);
    }
  }
  console.log(`${peer}: ${passed} passed, ${checks.length - passed} failed`);
  process.exitCode = passed === checks.length ? 0 : 1;
}

/** Follows a login's redirects as a browser does: where it ends up. */
export async function visit(url) {
  const answer = await fetch(url, { redirect: 'manual' });
  assert.equal(answer.status, 302, await answer.text());
  return new URL(answer.headers.get('location'));
}
