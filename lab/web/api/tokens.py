"""Tokens: keys for programs. Each acts as the person who made it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lab.web.api.application import answer
from lab.web.api.guard import person_of
from lab.web.errors import Problem
from lab.web.identity import issue_token
from lab.web.models import Token

router = Router(tags=["tokens"])

MOST_TOKENS = 20


class NewToken(BaseModel):
    """What the token is for, in your words."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("token", min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")


@router.get("/tokens")
async def list_tokens(request: HttpRequest) -> HttpResponse:
    """List your tokens; the keys themselves are not kept."""
    rows = Token.objects.filter(owner=person_of(request).owner)
    return answer({"tokens": [_plain(token) async for token in rows]})


@router.post("/tokens")
async def make_token(request: HttpRequest, body: NewToken) -> HttpResponse:
    """Make a token. Its key is in this answer and nowhere else."""
    person = person_of(request)
    if await Token.objects.filter(owner=person.owner).acount() >= MOST_TOKENS:
        raise Problem(
            "too_many_tokens", f"you have {MOST_TOKENS} tokens already", hint="delete one first"
        )
    token, key = await issue_token(person, body.name)
    return answer({**_plain(token), "key": key}, 201)


@router.delete("/tokens/{token_id}")
async def delete_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Delete a token: its key opens nothing any more. Idempotent."""
    await Token.objects.filter(owner=person_of(request).owner, pk=token_id).adelete()
    return HttpResponse(status=204)


def _plain(token: Token) -> dict[str, Any]:
    return {"id": token.pk, "name": token.name, "created": token.created.isoformat()}
