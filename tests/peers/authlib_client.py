import os
import socket
import ssl
from urllib.parse import parse_qs, urlparse

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.common.security import generate_token

from check import CALLBACK, ISSUER, MACHINE, MANAGEMENT, OWN_API, SECRET, check, run

METADATA = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()
TOKEN = METADATA["token_endpoint"]


def signed_in():
    person = OAuth2Session(
        "emulator-native", scope="openid profile offline_access read:things", redirect_uri=CALLBACK,
        code_challenge_method="S256", token_endpoint_auth_method="none",
    )
    verifier = generate_token(48)
    url, _ = person.create_authorization_url(
        METADATA["authorization_endpoint"], code_verifier=verifier, audience=OWN_API
    )
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    token = person.fetch_token(TOKEN, authorization_response=answer.headers["location"], code_verifier=verifier)
    return person, token


@check
def trusts_the_certificate_by_the_rules_of_python_3_13():
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    host, port = urlparse(ISSUER).hostname, urlparse(ISSUER).port
    with socket.create_connection((host, port)) as plain, context.wrap_socket(plain, server_hostname=host):
        pass


@check
def authenticates_a_machine_in_both_ways():
    for way in ["client_secret_basic", "client_secret_post"]:
        session = OAuth2Session(MACHINE, SECRET, token_endpoint_auth_method=way)
        token = session.fetch_token(TOKEN, grant_type="client_credentials", audience=MANAGEMENT)
        rows = session.get(f"{MANAGEMENT}clients").json()
        assert token["token_type"] == "Bearer" and len(rows) >= 12


@check
def signs_a_person_in_and_reads_userinfo():
    person, _ = signed_in()
    assert person.get(METADATA["userinfo_endpoint"]).json()["name"] == "Ann Example"


@check
def refreshes_with_rotation_and_revokes():
    person, token = signed_in()
    renewed = person.refresh_token(TOKEN, refresh_token=token["refresh_token"])
    assert renewed["refresh_token"] != token["refresh_token"]
    answer = person.revoke_token(METADATA["revocation_endpoint"], token=renewed["refresh_token"])
    assert answer.status_code == 200, answer.text


@check
def sees_a_denied_login():
    query = parse_qs(urlparse(requests.get(
        METADATA["authorization_endpoint"], allow_redirects=False, timeout=10,
        params={"client_id": "emulator-native", "redirect_uri": CALLBACK, "response_type": "code"},
    ).headers["location"]).query)
    assert query["error"] == ["invalid_request"]


run("authlib")
