"""Reads JSON that strangers wrote."""

from typing import Any

import msgspec

from lab.web.errors import Problem


def parse_object(text: bytes | str) -> dict[str, Any]:
    """Return the JSON object in ``text``; raise Problem ``malformed`` for anything else.

    Numbers out of range, NaN, lone surrogates and nesting deeper than the interpreter's stack are
    malformed too.
    """
    try:
        value = msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Problem("malformed", f"this is not JSON: {reason}") from None
    if not isinstance(value, dict):
        raise Problem("malformed", "a JSON object was expected", hint='send {"key": value, …}')
    return value
