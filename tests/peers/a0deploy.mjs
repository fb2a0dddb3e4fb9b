import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import deploy from 'auth0-deploy-cli';
import { assert, check, domain, machine, run } from './check.mjs';

const config = { AUTH0_DOMAIN: domain, AUTH0_CLIENT_ID: machine.clientId, AUTH0_CLIENT_SECRET: machine.clientSecret };
const folder = join(process.env.PEERS_SCRATCH, 'export');

check('exports the whole tenant', async () => {
  await mkdir(folder);
  await deploy.dump({ output_folder: folder, format: 'directory', config, base_path: folder });
  const kinds = await readdir(folder);
  for (const kind of ['actions', 'clients', 'roles', 'organizations', 'resource-servers', 'tenant.json']) {
    assert.ok(kinds.includes(kind), `${kind} is not among ${kinds}`);
  }
});
check('imports what was exported, with a change', async () => {
  const file = join(folder, 'roles', 'Support.json');
  const role = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...role, description: 'Changed by a peer' }));
  await deploy.deploy({ input_file: folder, base_path: folder, config: { ...config, AUTH0_INCLUDED_ONLY: ['roles', 'tenant', 'clients', 'actions'] } });
  const again = join(process.env.PEERS_SCRATCH, 'again');
  await mkdir(again);
  await deploy.dump({ output_folder: again, format: 'directory', base_path: again, config: { ...config, AUTH0_INCLUDED_ONLY: ['roles'] } });
  const changed = JSON.parse(await readFile(join(again, 'roles', 'Support.json'), 'utf8'));
  assert.equal(changed.description, 'Changed by a peer');
});

await run('a0deploy');
