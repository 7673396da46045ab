"""A service that believes access tokens of doorward: `python resource_server.py <server> <audience> [<seconds>]`."""

import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from verifier import Unavailable, Verifier

server, audience, *lost_after = sys.argv[1:]
verifier = Verifier(server, audience, *map(float, lost_after))
verifier.start()


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            token = re.fullmatch(r"Bearer +([\w.-]+)", self.headers.get("Authorization", ""), re.ASCII | re.IGNORECASE)
            claims = verifier.verify(token[1] if token else "")
            self.answer(200, f"Hello {claims['sub']}")
        except jwt.PyJWTError as error:
            self.answer(401, str(error), ("WWW-Authenticate", 'Bearer error="invalid_token"'))
        except Unavailable as error:
            self.answer(503, str(error), ("Retry-After", "5"))

    def answer(self, status, text, *headers):
        self.send_response(status)
        for name, value in (("Content-Length", str(len(text))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())


service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
print(f"http://127.0.0.1:{service.server_port}", flush=True)
service.serve_forever()
