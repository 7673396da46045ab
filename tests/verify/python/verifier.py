"""Access tokens of doorward, verified with PyJWT: no request to doorward for each of them."""

import json
import logging
import math
import threading
import time
import urllib.request
from base64 import urlsafe_b64encode
from hashlib import sha256

import jwt

# What every signature must be made with: `tokens.algorithm` of the server.
ALGORITHMS = ["ES256"]
# For how many seconds a token may live, however it is signed: the most that `tokens.access_ttl` can be.
MAX_LIFE = 3_600
# How many seconds the clocks may be apart.
LEEWAY = 2


def digest(name):
    return urlsafe_b64encode(sha256(name.encode()).digest()).rstrip(b"=").decode()


class Unavailable(Exception):
    """Nothing can be said about any token now."""


class Verifier:
    """Without the feed for `lost_after` seconds, 12 at least, every token is refused."""

    def __init__(self, server, audience, lost_after=30):
        self._server, self._audience, self._lost_after = server, audience, lost_after
        # For how many seconds the server holds a request back while there is nothing to tell. A page may be 5 seconds
        # old when it is signed, and look older by as much as the clocks are apart.
        self._wait = min(20, max(1, int((lost_after - 5 - LEEWAY) * 2 / 3)))
        # Within the cache life of the keys, and for an unknown key once in two seconds.
        self._keys = jwt.PyJWKClient(server + "/.well-known/jwks.json", lifespan=300, timeout=5, cooldown_duration=2)
        # A digest, or the id of a key: the epoch below which it is dead, and until when to remember it.
        self._dead = {}
        self._cursor = "0"
        # Up to when everything is known that the feed has told, and for how many seconds it tells of what has ended.
        self._current, self._retention = -math.inf, math.inf

    def verify(self, token):
        """The claims of a token that is good now; raises `jwt.PyJWTError` for any other."""
        if time.monotonic() - self._current > self._lost_after:
            raise Unavailable("the revocation feed is lost")
        required = ["sub", "sid", "epoch", "iat", "nbf", "exp"]
        claims = self._open(token, "at+jwt", required, audience=self._audience)
        if claims["exp"] - claims["iat"] > MAX_LIFE:
            raise jwt.InvalidTokenError("the token lives too long")
        if self._is_dead(digest(claims["sid"]), 0):
            raise jwt.InvalidTokenError("the session has ended")
        if self._is_dead(digest(claims["sub"]), claims["epoch"]):
            raise jwt.InvalidTokenError("the claims are stale")
        return claims

    def start(self):
        """Follows the feed for good; returns when it was read to its end for the first time."""
        is_last = False
        while not is_last:
            is_last, _ = self._read(0)
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        pause, wait = 0.1, self._wait
        while True:
            asked = time.monotonic()
            try:
                _, is_empty = self._read(wait)
                pause, wait = 0.1, self._wait
                # A cache on the way does not wait until there is something to tell.
                if is_empty:
                    time.sleep(max(0, asked + 1 - time.monotonic()))
            except Exception as error:
                logging.warning("the revocation feed: %s", error)
                time.sleep(pause)
                pause, wait = min(pause * 2, 5), 0

    def _read(self, wait):
        """Reads one page; says whether it was the last one for now, and whether it told nothing."""
        # The end of a key may have left the feed again while that was silent, but the key has left the set too.
        if time.monotonic() - self._current > self._retention:
            self._keys.get_jwk_set(refresh=True)
        url = f"{self._server}/auth/revocations?after={self._cursor}&wait={wait}"
        with urllib.request.urlopen(url, timeout=wait + 5) as answer:
            page = self._open(json.load(answer)["revocations"], "revocations+jwt", ["iat"])
        age = max(0, time.time() - page["iat"])
        if page["after"] != self._cursor or age > min(30, self._lost_after):
            raise jwt.InvalidTokenError("another page than the one asked for, or an old one")
        self._remember(page)
        # Behind where we were: the server was restored from a backup.
        is_restored = int(page["next"]) < int(page["after"])
        self._cursor = "0" if is_restored else page["next"]
        is_last = page["complete"] and not is_restored
        if is_last:
            # The page says what was so when it was made, however long it was on its way.
            self._current = time.monotonic() - age
        self._retention = page["retention"]
        return is_last, not page["entries"]

    def _remember(self, page):
        now = time.monotonic()
        # Tokens from before their life was shortened live on.
        remembered = now + max(page["retention"], MAX_LIFE + 2 * LEEWAY)
        kept = {name: (below, until) for name, (below, until) in self._dead.items() if until > now}
        for entry in page["entries"]:
            name = entry.get("sid") or entry.get("sub") or entry["kid"]
            below = max(entry.get("epoch", math.inf), kept.get(name, (0, 0))[0])
            kept[name] = (below, math.inf if "kid" in entry else remembered)
        self._dead = kept

    def _is_dead(self, name, epoch):
        return epoch < self._dead.get(name, (0, 0))[0]

    def _open(self, jws, typ, required, audience=None):
        """The payload of what the server has signed."""
        key = self._keys.get_signing_key_from_jwt(jws)
        options = {"require": required, "strict_aud": True}
        signed = jwt.decode_complete(
            jws, key, ALGORITHMS, options, issuer=self._server, audience=audience, leeway=2
        )
        if signed["header"].get("typ") != typ:
            raise jwt.InvalidTokenError("another type of token")
        if self._is_dead(key.key_id, 0):
            raise jwt.InvalidTokenError("the key was revoked")
        return signed["payload"]
