#!/usr/bin/env python3
"""Compares `auth0-tenant export` with `a0deploy export` of the same local tenant.

For the kinds that both export from the emulator, every resource that one has the other has too,
and a field that both write has the same value. Prints the differences and the time of both, and
exits 1 if there is a difference.

Needs `npm install -g auth0-deploy-cli`, and a build: `cargo build --workspace --bins`.

Usage: tests/peers/a0deploy-export.py [--clients N] [--connections N] [--latency TIME]
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("AUTH0_SUITE_BIN_DIR") or ROOT / "target" / "debug")

# Sets, which we sort.
SETS = {"callbacks", "allowed_logout_urls", "web_origins", "allowed_origins", "grant_types"}


def resources(folder):
    """The JSON files of a folder, each with its content, by name."""
    found = {}
    for path in sorted(folder.rglob("*.json")):
        value = json.loads(path.read_text(encoding="utf-8"))
        found[value["name"]] = value
    return found


def comparable(field, value):
    """A value without what the two tools write in different ways on purpose."""
    if field in SETS or field in ("clients", "enabled_clients"):
        return sorted(value or [])
    if isinstance(value, dict):
        # Secrets: one tool writes a marker, the other leaves them out or masks them.
        return {key: comparable(key, inner) for key, inner in value.items() if "secret" not in key}
    return value


def compare(kind, ours, theirs):
    """Prints what differs, and returns how much that is."""
    count = 0
    for name in sorted(ours.keys() ^ theirs.keys()):
        side = "auth0-tenant" if name in ours else "a0deploy"
        print(f"{kind}: only {side} has {name!r}")
        count += 1
    fields = 0
    for name in sorted(ours.keys() & theirs.keys()):
        mine, other = dict(ours[name]), dict(theirs[name])
        if "enabled_clients" in other:
            other["clients"] = other.pop("enabled_clients")
        for field in sorted(mine.keys() & other.keys()):
            fields += 1
            if comparable(field, mine[field]) != comparable(field, other[field]):
                print(f"{kind} {name!r} {field}: {mine[field]!r} here, {other[field]!r} there")
                count += 1
    print(f"{kind}: {len(ours)} resources, {fields} fields that both have, {count} differences")
    return count


def timed(command, **options):
    """Runs a command and returns its seconds."""
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout}")
    return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--clients", default="30")
    parser.add_argument("--connections", default="12")
    parser.add_argument("--latency")
    args = parser.parse_args()
    peer = shutil.which("a0deploy")
    if peer is None:
        sys.exit("a0deploy is not installed: npm install -g auth0-deploy-cli")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        command = [BIN / "auth0-emulator", "--port", "0", "--tls", "--ca-file", work / "ca.pem"]
        command += ["--clients", args.clients, "--connections", args.connections]
        if args.latency:
            command += ["--latency", args.latency]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as emulator:
            try:
                return measure(work, peer, json.loads(emulator.stdout.readline()))
            finally:
                emulator.terminate()


def measure(work, peer, tenant):
    """Exports with both tools and compares."""
    config = {
        "AUTH0_DOMAIN": tenant["domain"],
        "AUTH0_CLIENT_ID": tenant["m2m_client_id"],
        "AUTH0_CLIENT_SECRET": "emulator-secret",
        "AUTH0_INCLUDED_ONLY": ["clients", "connections", "databases"],
    }
    (work / "config.json").write_text(json.dumps(config))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AUTH0_")}
    command = [peer, "export", "-c", "config.json", "-f", "directory", "-o", "theirs"]
    theirs = timed(command, cwd=work, env={**plain, "NODE_EXTRA_CA_CERTS": str(work / "ca.pem")})
    settings = {name: value for name, value in config.items() if isinstance(value, str)}
    command = [BIN / "auth0-tenant", "export", "ours", "--kinds", "clients,connections"]
    ours = timed(command, cwd=work, env={**plain, **settings, "SSL_CERT_FILE": str(work / "ca.pem")})
    count = compare("clients", resources(work / "ours/clients"), resources(work / "theirs/clients"))
    connections = {**resources(work / "theirs/connections"), **resources(work / "theirs/database-connections")}
    count += compare("connections", resources(work / "ours/connections"), connections)
    print(f"auth0-tenant took {ours:.2f} s, a0deploy {theirs:.2f} s: {ours / theirs:.2f} times as long")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
