from auth0.authentication import GetToken, RevokeToken, Users
from auth0.management import ManagementClient

from check import DOMAIN, MACHINE, MANAGEMENT, SECRET, check, run


def api():
    return ManagementClient(domain=DOMAIN, client_id=MACHINE, client_secret=SECRET)


@check
def gets_a_token_for_a_machine():
    token = GetToken(DOMAIN, MACHINE, client_secret=SECRET).client_credentials(MANAGEMENT)
    assert token["token_type"] == "Bearer" and "read:clients" in token["scope"]


@check
def lists_every_client_by_its_own_iterator():
    assert len(list(api().clients.list(per_page=5))) >= 12


@check
def creates_changes_and_deletes_a_role():
    roles = api().roles
    made = roles.create(name="Python peer", description="first")
    assert roles.update(made.id, description="second").description == "second"
    assert roles.get(made.id).description == "second"
    roles.delete(made.id)
    assert made.id not in [role.id for role in roles.list()]


@check
def creates_changes_and_deletes_a_user():
    users = api().users
    made = users.create(
        connection="Username-Password-Authentication", email="python@example.com", password="Correct-Horse-1"
    )
    assert users.update(made.user_id, name="Python Peer").name == "Python Peer"
    users.delete(made.user_id)


@check
def exports_users_by_a_job():
    jobs = api().jobs
    job = jobs.users_exports.create(format="json", fields=[{"name": "user_id"}, {"name": "email"}])
    assert jobs.get(job.id).status == "processing"
    assert jobs.get(job.id).location.startswith("https://")


@check
def reads_connections_organizations_and_logs():
    client = api()
    assert len(list(client.connections.list(take=2))) >= 5
    assert len(list(client.organizations.list(take=1))) >= 2
    assert len(list(client.logs.list(per_page=50))) > 100


run("auth0-python")
