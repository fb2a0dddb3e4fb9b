import { ManagementClient } from 'auth0';
import { assert, check, domain, machine, management, run } from './check.mjs';

const api = new ManagementClient({ domain, ...machine, audience: management });
const all = async (pages) => {
  const rows = [];
  for await (const row of pages) rows.push(row);
  return rows;
};

check('lists every client by its own iterator', async () => {
  assert.equal((await all(await api.clients.list({ per_page: 5 }))).length, 12);
});
check('creates, updates and deletes a client', async () => {
  const made = await api.clients.create({ name: 'Peer', app_type: 'spa', callbacks: ['https://peer.example/cb'] });
  assert.equal((await api.clients.get(made.client_id)).name, 'Peer');
  const changed = await api.clients.update(made.client_id, { client_metadata: { a: '1' } });
  assert.deepEqual(changed.client_metadata, { a: '1' });
  await api.clients.delete(made.client_id);
  await assert.rejects(api.clients.get(made.client_id), (e) => e.statusCode === 404);
});
check('rotates a secret', async () => {
  const made = await api.clients.create({ name: 'Rotates' });
  const rotated = await api.clients.rotateSecret(made.client_id);
  assert.notEqual(rotated.client_secret, made.client_secret);
});
check('lists connections, and enables a client', async () => {
  const rows = await all(await api.connections.list({ take: 2 }));
  assert.equal(rows.length, 5);
  await api.connections.clients.update(rows[0].id, [{ client_id: machine.clientId, status: true }]);
  const clients = await all(await api.connections.clients.get(rows[0].id, { take: 1 }));
  assert.ok(clients.some((row) => row.client_id === machine.clientId));
});
check('gives a user a role', async () => {
  const role = await api.roles.create({ name: 'Peer role' });
  const [user] = await all(await api.users.list({ q: 'email:"ann@example.com"' }));
  await api.users.roles.assign(user.user_id, { roles: [role.id] });
  const roles = await all(await api.users.roles.list(user.user_id));
  assert.ok(roles.some((row) => row.id === role.id));
  await api.users.roles.delete(user.user_id, { roles: [role.id] });
  await api.roles.delete(role.id);
});
check('creates, changes and deletes a user', async () => {
  const made = await api.users.create({
    connection: 'Username-Password-Authentication', email: 'peer@example.com', password: 'Correct-Horse-1',
    user_metadata: { a: 1, b: 2 },
  });
  const changed = await api.users.update(made.user_id, { user_metadata: { b: null, c: 3 } });
  assert.deepEqual(changed.user_metadata, { a: 1, c: 3 });
  await api.users.delete(made.user_id);
});
check('deploys and binds an action', async () => {
  const made = await api.actions.create({
    name: 'Peer action', code: 'exports.onExecutePostLogin = async () => {};',
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
  });
  await api.actions.deploy(made.id);
  await api.actions.triggers.bindings.updateMany('post-login', {
    bindings: [{ ref: { type: 'action_name', value: 'Peer action' }, display_name: 'Peer action' }],
  });
  const bound = await all(await api.actions.triggers.bindings.list('post-login'));
  assert.equal(bound[0].action.id, made.id);
  await api.actions.triggers.bindings.updateMany('post-login', { bindings: [] });
  await api.actions.delete(made.id);
});
check('keeps an organization with members and a connection', async () => {
  const made = await api.organizations.create({ name: 'peers', display_name: 'Peers' });
  await api.organizations.members.create(made.id, { members: ['auth0|ann'] });
  assert.equal((await all(await api.organizations.members.list(made.id)))[0].user_id, 'auth0|ann');
  const [connection] = await all(await api.connections.list({ take: 1 }));
  await api.organizations.enabledConnections.add(made.id, { connection_id: connection.id });
  const rows = await all(await api.organizations.enabledConnections.list(made.id));
  assert.equal(rows[0].connection.name, connection.name);
  await api.organizations.delete(made.id);
});
check('reads and changes the settings of the tenant', async () => {
  await api.tenants.settings.update({ friendly_name: 'Peers' });
  assert.equal((await api.tenants.settings.get()).friendly_name, 'Peers');
});
check('reads the log', async () => {
  assert.ok((await all(await api.logs.list({ per_page: 100 }))).length > 100);
});
check('sees the refusal of a body', async () => {
  await assert.rejects(api.roles.create({ name: 5 }), (e) => e.statusCode === 400 && /Payload validation error/.test(e.message + JSON.stringify(e.body)));
});

await run('node-auth0');
