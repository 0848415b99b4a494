"""What only the site knows of a lab, put into what the cluster tells of it."""

from collections.abc import Mapping
from typing import Any

import msgspec

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])

About = Mapping[str, Any]


def state_about(state: bytes, about: About) -> bytes:
    """Return a state message with what ``about`` says, without reading the rest."""
    return msgspec.json.encode({**_FIELDS.decode(state), **about})


def hello_about(hello: bytes, about: About) -> bytes:
    """The same for a hello, in whose state it is said."""
    fields = _FIELDS.decode(hello)
    fields["state"] = msgspec.Raw(state_about(bytes(fields["state"]), about))
    return msgspec.json.encode(fields)
