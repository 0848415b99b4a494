"""Recognises who is asking: the local learner, a browser's session, or a program with a token."""

import hashlib
import secrets
import uuid
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from lab.web.caller import Caller
from lab.web.models import Token
from lab.web.person import LOCAL, Person, Proof

OWNER_KEY = "owner"


async def identify(caller: Caller) -> Person | None:
    """Return who is asking, or None for a stranger.

    A bearer token decides alone, even a wrong one. Then a session cookie, even one of a session
    that is over (its person has no labs yet). Then, in local mode only, the local learner.
    """
    if caller.authorization:
        return await _token_person(caller.authorization)
    cookie = caller.cookies.get(settings.SESSION_COOKIE_NAME)
    if cookie is not None:
        return await _session_person(_session(cookie)) if caller.is_same_origin else None
    if caller.is_local and not settings.FAULTLINE_SHARED:
        return Person(LOCAL, Proof.LOCAL)
    return None


async def visitor(request: HttpRequest) -> Person:
    """Return the person of a browser that asks for a page; a new browser becomes a new person."""
    owner = await request.session.aget(OWNER_KEY)
    if not isinstance(owner, str):
        owner = f"session-{uuid.uuid4().hex}"
        await request.session.aset(OWNER_KEY, owner)
    return Person(owner, Proof.SESSION)


async def issue_token(person: Person, name: str) -> tuple[Token, str]:
    """Make a key for ``person``; return it with its record. It cannot be read again later."""
    key = f"fl_{secrets.token_urlsafe(32)}"
    token = await Token.objects.acreate(owner=person.owner, name=name, digest=_digest(key))
    return token, key


async def _token_person(authorization: str) -> Person | None:
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = await Token.objects.filter(digest=_digest(key.strip())).afirst()
    return None if token is None else Person(token.owner, Proof.TOKEN)


async def _session_person(session: SessionBase) -> Person | None:
    owner = await session.aget(OWNER_KEY)
    return Person(owner, Proof.SESSION) if isinstance(owner, str) else None


def _session(key: str) -> SessionBase:
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return store(key)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
