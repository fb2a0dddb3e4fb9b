// Lists every client with the Node SDK, as `auth0-clients list -o jsonl` does.
import { ManagementClient } from 'auth0';

const { AUTH0_DOMAIN: domain, AUTH0_ACCESS_TOKEN: token } = process.env;
const api = new ManagementClient({ domain, token });
for await (const client of await api.clients.list({ per_page: 100 })) {
  process.stdout.write(JSON.stringify(client) + '\n');
}
