"""A mail server that keeps nothing: each mail becomes a line of JSON on the standard output.

The first line tells the port. The server ends with its standard input.
"""

import argparse
import asyncio
import base64
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

# Clients that go away are what the tests are about.
logging.getLogger("mail.log").disabled = True

arguments = argparse.ArgumentParser()
arguments.add_argument("--tls", choices=["none", "starttls", "from-start"], default="none")
arguments.add_argument("--certificate")
arguments.add_argument("--key")
arguments.add_argument("--user")
arguments.add_argument("--password")
given = arguments.parse_args()


def tell(line):
    print(json.dumps(line), flush=True)


class Catcher:
    async def handle_DATA(self, server, session, envelope):
        tell(
            {
                "client": session.host_name,
                "connection": session.peer[1],
                "encrypted": session.ssl is not None or given.tls == "from-start",
                "user": session.auth_data,
                "sender": envelope.mail_from,
                "options": envelope.mail_options,
                "recipients": envelope.rcpt_tos,
                "content": base64.b64encode(envelope.original_content).decode(),
            }
        )
        return "250 2.0.0 Taken"


def authenticate(server, session, envelope, mechanism, data):
    name, password = data.login.decode(), data.password.decode()
    success = (name, password) == (given.user, given.password)
    return AuthResult(success=success, handled=False, auth_data=name)


context = None
if given.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(given.certificate, given.key)


def session():
    return SMTP(
        Catcher(),
        hostname="catcher.example",
        tls_context=context if given.tls == "starttls" else None,
        require_starttls=given.tls == "starttls",
        auth_required=given.user is not None,
        auth_require_tls=given.tls == "starttls",
        authenticator=authenticate,
    )


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if given.tls == "from-start" else None)
    tell({"port": server.sockets[0].getsockname()[1]})
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: sys.stdin.read(1) or ended.set())
    await ended.wait()


asyncio.run(main())
