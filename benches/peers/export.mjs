// Exports the clients of a tenant with the Deploy CLI.
import deploy from 'auth0-deploy-cli';

const { AUTH0_DOMAIN, AUTH0_ACCESS_TOKEN, PEERS_SCRATCH } = process.env;
const config = { AUTH0_DOMAIN, AUTH0_ACCESS_TOKEN, AUTH0_INCLUDED_ONLY: ['clients'] };
await deploy.dump({ output_folder: PEERS_SCRATCH, base_path: PEERS_SCRATCH, format: 'directory', config });
