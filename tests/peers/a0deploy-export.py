#!/usr/bin/env python3
"""Compares `auth0-tenant export` with `a0deploy export` of the same local tenant.

For the kinds that both export from the emulator, every resource that one has the other has too,
with the same fields and values, but for the fields that ONE_SIDE names. Prints the differences and
the time of both, and exits 1 if there is a difference.

Needs a0deploy, from `tests/peers/run a0deploy` or the PATH, and a build: `cargo build --workspace --bins`.

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
SETS = {"callbacks", "allowed_logout_urls", "web_origins", "allowed_origins", "grant_types", "clients",
        "shields", "allowlist", "message_types", "scopes", "permissions"}

# Our name of a kind, and where a0deploy writes it: folders with a file for each resource, or one file.
KINDS = {
    "clients": ["clients"],
    "connections": ["connections", "database-connections"],
    "roles": ["roles"],
    "organizations": ["organizations"],
    "apis": ["resource-servers"],
    "actions": ["actions"],
    "guardian-factors": ["guardian/factors"],
    "tenant-settings": ["tenant.json"],
    "branding": ["branding/branding.json"],
    "prompts": ["prompts/prompts.json"],
    "mfa-policies": ["guardian/policies.json"],
    "guardian-phone-message-types": ["guardian/phoneFactorMessageTypes.json"],
    "bot-detection": ["attack-protection/bot-detection.json"],
    "breached-password-detection": ["attack-protection/breached-password-detection.json"],
    "brute-force-protection": ["attack-protection/brute-force-protection.json"],
    "suspicious-ip-throttling": ["attack-protection/suspicious-ip-throttling.json"],
}

# Fields that only one of the tools writes, and why.
ONE_SIDE = {
    # Whether the last version is deployed; the status of a build is the server's.
    ("actions", "all_changes_deployed"), ("actions", "status"),
    # The connection's own name, as every connection has it.
    ("connections", "realms"),
    # a0deploy leaves empty flags out.
    ("tenant-settings", "flags"),
}

# Fields that have another name there.
RENAMED = {"enabled_clients": "clients", "policies": "value"}


def resources(folder, root):
    """The resources of a folder or file, by name; long texts are read from their own files."""
    paths = [folder] if folder.suffix == ".json" else sorted(folder.rglob("*.json"))
    found = {}
    for path in (path for path in paths if path.exists()):
        value = json.loads(path.read_text(encoding="utf-8"))
        value = {RENAMED.get(field, field): with_texts(inner, path.parent, root) for field, inner in value.items()}
        found[value.get("name", "the settings")] = value
    return found


def with_texts(value, folder, root):
    """A value with the texts that each tool has moved into files: `{"$file": …}`, `./actions/…`."""
    if isinstance(value, dict):
        if "$file" in value:
            return (folder / value["$file"]).read_text(encoding="utf-8")
        return {key: with_texts(inner, folder, root) for key, inner in value.items()}
    if isinstance(value, str) and value.startswith("./") and (root / value).is_file():
        return (root / value).read_text(encoding="utf-8")
    return value


def comparable(field, value):
    """A value without what the two tools write in different ways on purpose."""
    if field in SETS and isinstance(value, list):
        return sorted(value, key=json.dumps)
    if isinstance(value, dict):
        # Secrets: one tool writes a marker, the other leaves them out or masks them.

        return {key: comparable(key, inner) for key, inner in value.items() if "secret" not in key}
    return value


def compare(kind, ours, theirs):
    """Prints what differs, and returns how much that is."""
    count = fields = 0
    for name in sorted(ours.keys() ^ theirs.keys()):
        side = "auth0-tenant" if name in ours else "a0deploy"
        print(f"{kind}: only {side} has {name!r}")
        count += 1
    for name in sorted(ours.keys() & theirs.keys()):
        mine, other = ours[name], theirs[name]
        for field in sorted(mine.keys() | other.keys()):
            if field not in mine or field not in other:
                if (kind, field) not in ONE_SIDE:
                    side = "auth0-tenant" if field in mine else "a0deploy"
                    print(f"{kind} {name!r}: only {side} has the field {field}")
                    count += 1
                continue
            fields += 1
            if comparable(field, mine[field]) != comparable(field, other[field]):
                print(f"{kind} {name!r} {field}: {mine[field]!r} here, {other[field]!r} there")
                count += 1
    print(f"{kind}: {len(ours)} resources, {fields} fields compared, {count} differences")
    if not ours and not theirs:
        print(f"{kind}: neither has any, so nothing was compared")
        count += 1
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
    installed = ROOT / "target" / "peers" / "node_modules" / ".bin"
    peer = shutil.which("a0deploy", path=installed) or shutil.which("a0deploy")
    if peer is None:
        sys.exit("a0deploy is not installed: tests/peers/run a0deploy installs it")
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
    }
    (work / "config.json").write_text(json.dumps(config))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AUTH0_")}
    command = [peer, "export", "-c", "config.json", "-f", "directory", "-o", "theirs"]
    theirs = timed(command, cwd=work, env={**plain, "NODE_EXTRA_CA_CERTS": str(work / "ca.pem")})
    command = [BIN / "auth0-tenant", "export", "ours"]
    ours = timed(command, cwd=work, env={**plain, **config, "SSL_CERT_FILE": str(work / "ca.pem")})
    count = 0
    for kind, places in KINDS.items():
        here = work / "ours" / kind
        mine = resources(here if here.is_dir() else here.with_suffix(".json"), work / "ours")
        other = {}
        for place in places:
            other.update(resources(work / "theirs" / place, work / "theirs"))
        count += compare(kind, mine, other)
    print(f"auth0-tenant took {ours:.2f} s, a0deploy {theirs:.2f} s: {ours / theirs:.2f} times as long")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
