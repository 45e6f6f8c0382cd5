"""What the gate of the server asks of Streamlit: who holds a cookie, what a tab says, what it has uploaded."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.serving.gate import Visitor
from app.serving.security import Scope
from app.session.sessions import Sessions
from planner.access import identity
from planner.access.identity import Person

MESSAGES = ("rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request")
"""What a tab of this app says; clearing everybody's memory and what only developers need is not heard."""
SECRET_HEADER = b"x-planner-secret"
"""The header in which a reverse proxy shows that it is the one that may say who asks."""
EVERYBODY = Visitor("", alone=True)


@dataclass(frozen=True)
class _Tabs:
    """What is the same however people are known: what tabs say, and what they hold; `base` is the app's path."""

    base: str

    def allowed(self, data: bytes) -> bool:
        """Whether a message of a tab is one that a tab of this app sends."""
        from google.protobuf.message import DecodeError
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        try:
            message.ParseFromString(data)
        except DecodeError:
            return True  # the server closes the tab for it
        return message.WhichOneof("type") in MESSAGES

    def held(self) -> Mapping[str, tuple[int, int]]:
        """Number and bytes of the uploads that each tab holds."""
        from streamlit import runtime

        if not runtime.exists():
            return {}
        stored: Mapping[str, Mapping[str, Any]] = getattr(runtime.get_instance().uploaded_file_mgr, "file_storage", {})
        kept = {tab: list(files.values()) for tab, files in list(stored.items())}
        return {tab: (len(files), sum(len(one.data) for one in files)) for tab, files in kept.items() if files}

    def farewell(self) -> bytes:
        """The message that sends a tab to the first page."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg()
        message.auth_redirect.url = f"{self.base}/"
        return bytes(message.SerializeToString())

    def still(self, scope: Scope) -> bool:  # noqa: ARG002 - see app.serving.gate.Visitors
        """Whoever was known is still known."""
        return True

    def sign_out(self, scope: Scope) -> None:
        """Nothing to end here."""

    def way_in(self) -> str:
        """There is no provider."""
        return ""


@dataclass(frozen=True)
class Anybody(_Tabs):
    """Nobody signs in: all are one person."""

    signs_in: bool = False

    def ask(self, scope: Scope) -> Visitor | None:  # noqa: ARG002 - see app.serving.gate.Visitors
        """The one person that everybody is."""
        return EVERYBODY


@dataclass(frozen=True)
class Named(_Tabs):
    """A reverse proxy says in a header who asks; with a secret, only a proxy that knows it is believed."""

    header: str
    patterns: Sequence[str] = ()
    secret: str = ""
    signs_in: bool = False

    def ask(self, scope: Scope) -> Visitor | None:
        """The person in the header."""
        if self.secret and not hmac.compare_digest(_only(scope, SECRET_HEADER), self.secret.encode()):
            return None
        wanted = self.header.lower().encode("latin-1")
        said = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]
        person = identity.from_header(said)
        return None if person is None else Visitor(person.key, person.name, invited=self._invited(person))

    def _invited(self, person: Person) -> bool:
        """Whether this person may come in."""
        return identity.invited(person, self.patterns)


@dataclass(frozen=True)
class SignedIn(_Tabs):
    """People sign in with OpenID Connect, and Streamlit keeps who they are in a signed cookie."""

    sessions: Sessions
    patterns: Sequence[str] = ()
    signs_in: bool = True

    def ask(self, scope: Scope) -> Visitor | None:
        """The person of the cookie, while that sign-in lasts."""
        found = _cookie(scope)
        person = None if found is None else identity.from_claims(found[0])
        if found is None or person is None or not self.sessions.valid(person.key, found[1]):
            return None
        welcome = identity.invited(person, self.patterns)
        return Visitor(person.key, person.name, self.sessions.ends(found[1]), welcome)

    def still(self, scope: Scope) -> bool:
        """Whether that sign-in still lasts."""
        return self.ask(scope) is not None

    def sign_out(self, scope: Scope) -> None:
        """End every sign-in of the person of the cookie; a cookie that ended before ends nothing more."""
        visitor = self.ask(scope)
        if visitor is not None:
            self.sessions.sign_out(visitor.key)

    def way_in(self) -> str:
        """Streamlit's address that leads to the provider."""
        from urllib.parse import urlencode

        from streamlit.auth_util import encode_provider_token

        return f"{self.base}/auth/login?{urlencode({'provider': encode_provider_token('default')})}"


def _only(scope: Scope, header: bytes) -> bytes:
    """The value of a header that is there once."""
    found = [value for name, value in scope["headers"] if name.lower() == header]
    return found[0] if len(found) == 1 else b""


def _cookie(scope: Scope) -> tuple[dict[str, Any], float] | None:
    """What the signed cookie says, and when it was signed; None if there is none, or not one of this server."""
    import json

    from starlette.requests import HTTPConnection
    from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    cookies = HTTPConnection(scope).cookies  # as Streamlit reads them, so that both see the same person
    signed: list[float] = []

    def part(name: str) -> bytes | None:
        found = _unsigned(get_cookie_secret(), name, cookies.get(name, ""))
        if found is None:
            return None
        signed.append(found[1])
        return found[0]

    try:
        said = json.loads(get_cookie_with_chunks(part, USER_COOKIE_NAME) or b"null")
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("origin") != get_origin_from_redirect_uri():
        return None
    return said, min(signed)


def _unsigned(secret: str, name: str, value: str) -> tuple[bytes, float] | None:
    """A signed value and when it was signed."""
    from itsdangerous import BadSignature, URLSafeTimedSerializer

    try:
        found, at = URLSafeTimedSerializer(secret, salt=name).loads(value.encode("latin-1"), return_timestamp=True)
    except (BadSignature, ValueError):
        return None
    return (found.encode(), at.timestamp()) if isinstance(found, str) else None
