"""A toxic as it is asked for and shown: Toxiproxy's JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from lab.cluster.links.toxics import TOXICS
from lab.cluster.links.toxics.error import ToxicError
from lab.cluster.links.toxics.slicer import SlicerSettings

_INT64_MAX = 2**63 - 1


class Direction(StrEnum):
    """Which way the bytes go."""

    UPSTREAM = "upstream"  # from the caller to the callee: requests
    DOWNSTREAM = "downstream"  # from the callee to the caller: answers


@dataclass(frozen=True, slots=True)
class Toxic:
    """One entry of a link's list of toxics; ``settings`` is the settings class of its type.

    ``toxicity_ratio`` is the share of connections that it works on.
    """

    name: str
    type: str
    direction: Direction
    toxicity_ratio: float
    settings: Any


def parse_toxic(asked: Mapping[str, object]) -> Toxic:
    """Read ``{"type", "name"?, "stream"?, "toxicity"?, "attributes"?}``; raise ToxicError.

    Toxiproxy's defaults: downstream, toxicity 1, the name ``<type>_<stream>``; unknown keys are
    ignored. Unlike it, attributes may not be negative and slices must have a size.
    """
    kind = _kind(asked.get("type"))
    stream = asked.get("stream", "downstream")
    try:
        direction = Direction(str(stream).lower())
    except ValueError:
        raise ToxicError(
            "stream", f"stream is {stream!r}", "want upstream (requests) or downstream (answers)"
        ) from None
    name = asked.get("name") or f"{kind}_{direction}"
    if not isinstance(name, str):
        raise ToxicError("name", f"name is {name!r}", "want a text")
    settings = _settings(TOXICS[kind].settings_type(), asked.get("attributes"))
    return Toxic(name, kind, direction, _toxicity(asked.get("toxicity", 1.0)), settings)


def merge_toxic(toxic: Toxic, asked: Mapping[str, object]) -> Toxic:
    """Return ``toxic`` with the attributes and the toxicity that ``asked`` has, nothing else."""
    return replace(
        toxic,
        toxicity_ratio=_toxicity(asked.get("toxicity", toxic.toxicity_ratio)),
        settings=_settings(toxic.settings, asked.get("attributes")),
    )


def plain_toxic(toxic: Toxic) -> dict[str, Any]:
    """Write it as Toxiproxy does, with all attributes."""
    return {
        "attributes": asdict(toxic.settings),
        "name": toxic.name,
        "type": toxic.type,
        "stream": toxic.direction.value,
        "toxicity": toxic.toxicity_ratio,
    }


def _kind(asked: object) -> str:
    if isinstance(asked, str) and asked in TOXICS:
        return asked
    near = get_close_matches(str(asked), TOXICS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"want one of {', '.join(TOXICS)}"
    raise ToxicError("type", f"there is no toxic type {asked!r}", hint)


def _toxicity(asked: object) -> float:
    if isinstance(asked, (int, float)) and not isinstance(asked, bool) and 0 <= asked <= 1:
        return float(asked)
    raise ToxicError("toxicity", f"toxicity is {asked!r}", "want a number from 0 to 1")


def _settings(settings: Any, asked: object) -> Any:
    if asked is None:
        asked = {}
    if not isinstance(asked, Mapping):
        raise ToxicError("attributes", f"attributes is {asked!r}", "want an object")
    changes = {}
    for field in fields(settings):
        if field.name in asked:
            changes[field.name] = _whole(f"attributes.{field.name}", asked[field.name])
    changed = replace(settings, **changes)
    if isinstance(changed, SlicerSettings):
        _check_slices(changed)
    return changed


def _whole(field: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _INT64_MAX:
        return value
    raise ToxicError(field, f"{field} is {value!r}", "want a whole number, 0 or more")


def _check_slices(settings: SlicerSettings) -> None:
    if settings.average_size < 1:
        raise ToxicError(
            "attributes.average_size",
            f"average_size is {settings.average_size}",
            "want at least 1 byte: slices of nothing would never end",
        )
    if settings.size_variation >= settings.average_size:
        raise ToxicError(
            "attributes.size_variation",
            f"size_variation is {settings.size_variation}",
            f"want less than average_size ({settings.average_size})",
        )
