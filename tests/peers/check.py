"""Runs checks one after the other, and says how many passed."""

import os
import sys
import traceback

DOMAIN = os.environ["AUTH0_DOMAIN"]
ISSUER = f"https://{DOMAIN}"
MANAGEMENT = f"{ISSUER}/api/v2/"
OWN_API = "https://api.example.com"
CALLBACK = "http://127.0.0.1:3000/callback"
MACHINE = os.environ["AUTH0_CLIENT_ID"]
SECRET = os.environ["AUTH0_CLIENT_SECRET"]

_checks = []


def check(function):
    _checks.append(function)
    return function


def run(peer):
    passed = 0
    for function in _checks:
        try:
            function()
            passed += 1
        except Exception:
            print(f"{peer}: {function.__name__}:\n{traceback.format_exc()}", file=sys.stderr)
    print(f"{peer}: {passed} passed, {len(_checks) - passed} failed")
    sys.exit(0 if passed == len(_checks) else 1)
