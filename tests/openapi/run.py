"""Tries what the OpenAPI document says, on a doorward of its own: as nobody, and as a user of each role.

    run.py BINARY          every check, with 10,000 requests or more in all
    run.py BINARY --short  the same with few requests, which are the same ones each time
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

HERE = Path(__file__).parent
PASSWORD = "a quiet harbour at dawn"
AS_NOBODY = "nobody"
ROLES = ["CANDIDATE", "EMPLOYER", "ADMIN"]
EXAMPLES_IN_ALL = 10_000

SETTINGS = {
    "HTTP__ADDRESS": "127.0.0.1:0",
    # Passwords that are cheap to hash; how dear they are is not what is asked here.
    "PASSWORDS__ARGON2_MEMORY_KIB": "64",
    "PASSWORDS__ARGON2_ITERATIONS": "1",
    # As many requests as this from one address are no attack here.
    "THROTTLE__ENABLED": "false",
    "SECRETS__MASTER": "a master secret for tests, which is long enough",
    "LOG__FORMAT": "json",
}


class Server:
    """A doorward in a process and a folder of its own."""

    def __init__(self, binary: Path, folder: Path):
        self.binary, self.folder = binary, folder
        given = {f"DOORWARD__{key}": value for key, value in SETTINGS.items()}
        self.environment = {"PATH": os.environ["PATH"], **given}
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(
            [binary, "serve"], cwd=folder, env=self.environment, stdout=self.log, stderr=self.log
        )
        self.url = self.ready()

    def ready(self) -> str:
        for _ in range(1200):
            serving = re.search(r'"addr":"([^"]+)"', (self.folder / "log").read_text())
            if serving:
                return f"http://{serving[1]}"
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit((self.folder / "log").read_text())

    def sign_up(self, role: str) -> str:
        """Makes a user of this role, and returns the address."""
        email = f"{role.lower()}@example.org"
        if role == "ADMIN":
            command = [self.binary, "create-admin", "--email", email, "--first-name", "Ada", "--last-name", "Admin"]
            environment = {**self.environment, "DOORWARD_ADMIN_PASSWORD": PASSWORD}
            subprocess.run(command, cwd=self.folder, env=environment, check=True, stdout=subprocess.DEVNULL)
            return email
        person = {"email": email, "password": PASSWORD, "firstName": "Jane", "lastName": "Doe", "role": role}
        if role == "EMPLOYER":
            person["company"] = "Tech Corp"
        headers = {"Content-Type": "application/json"}
        urlopen(Request(f"{self.url}/auth/register", json.dumps(person).encode(), headers)).close()
        return email

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()


def configuration(email: str | None) -> str:
    """What schemathesis is told: it signs in by itself, and again whenever its session has ended."""
    text = (HERE / "schemathesis.toml").read_text()
    if email is None:
        return text
    return text + f"""
[auth.dynamic.openapi.bearer]
path = "/auth/login"
payload = {{ email = "{email}", password = "{PASSWORD}" }}
extract_selector = "/tokens/accessToken"
"""


def attempt(server: Server, role: str, arguments: list[str]) -> tuple[bool, int]:
    """Runs schemathesis as a user of this role. Tells whether all was well, and with how many requests."""
    email = None if role == AS_NOBODY else server.sign_up(role)
    config = server.folder / f"{role}.toml"
    config.write_text(configuration(email))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", config, "run", f"{server.url}/openapi.json"]
    print(f"\n== {role}", flush=True)
    run = subprocess.Popen([*command, "--no-color", *arguments], stdout=subprocess.PIPE, text=True)
    requests = 0
    for line in run.stdout:
        print(line, end="", flush=True)
        counted = re.search(r"([\d,]+) generated", line)
        if counted:
            requests = int(counted[1].replace(",", ""))
    return run.wait() == 0, requests


def main(binary: str, *options: str) -> int:
    short = "--short" in options
    extra = [option for option in options if option != "--short"]
    if short:
        arguments = ["--phases", "examples,coverage", "--generation-deterministic", *extra]
    else:
        arguments = ["--max-examples", "26", *extra]
    well, requests = True, 0
    for role in [AS_NOBODY, *ROLES]:
        with tempfile.TemporaryDirectory(prefix="doorward-openapi-") as folder:
            server = Server(Path(binary).resolve(), Path(folder))
            try:
                was_well, sent = attempt(server, role, arguments)
            finally:
                server.stop()
            well, requests = well and was_well, requests + sent
    print(f"\n{requests} requests in all: {'as described' if well else 'not all as described'}")
    return 0 if well and (short or requests >= EXAMPLES_IN_ALL) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
