"""Lists every client with auth0-python, as `auth0-clients list -o jsonl` does."""

import os

from auth0.management import ManagementClient

api = ManagementClient(domain=os.environ["AUTH0_DOMAIN"], token=os.environ["AUTH0_ACCESS_TOKEN"])
for client in api.clients.list(per_page=100):
    print(client.json())
