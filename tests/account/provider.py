"""A small identity provider of OpenID Connect Core 1.0: discovery, authorisation code with PKCE, tokens, keys."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "limu", "a-secret-between-two"


@dataclass
class Provider:
    """Who signs in there next, and what it hands out; its own key signs the identity tokens."""

    subject: str = "outside-7"
    audience: str = CLIENT
    address: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """The discovery document (OpenID Connect Discovery 1.0, 3)."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/me",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def grant(self, asked: dict[str, str]) -> str:
        """Answer an authorisation request: back to the client with a code that is good once."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, asked: dict[str, str]) -> dict[str, Any] | None:
        """Hand out tokens for a code, to the client that asked and holds the verifier (RFC 7636)."""
        granted = self.codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if granted is None or granted["code_challenge"] != challenge or asked.get("client_secret") != SECRET:
            return None
        now = int(time.time())  # noqa: TID251 - the provider's own clock
        claims = {"iss": self.address, "sub": self.subject, "aud": self.audience, "iat": now, "exp": now + 300}
        token = jwt.encode(claims | {"preferred_username": "one.clerk"}, self.key, algorithm="RS256")
        return {"access_token": "open", "token_type": "Bearer", "expires_in": 300, "id_token": token}


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run a provider on this machine."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

        def _answer(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.grant(asked))
                self.end_headers()
            elif address.path == "/me":
                self._answer(200, {"sub": provider.subject, "preferred_username": "one.clerk"})
            else:
                self._answer(200, provider.describe())

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            tokens = provider.exchange({name: values[0] for name, values in asked.items()})
            self._answer(200 if tokens else 400, tokens or {"error": "invalid_grant"})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()
    server.server_close()
