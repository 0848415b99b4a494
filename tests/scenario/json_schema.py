"""The part of JSON Schema that our published schema uses, to try files against it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]

TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
CHECKS: Mapping[str, Callable[[Any, Any], bool]] = {
    "type": lambda wanted, value: TYPES[wanted](value),
    "enum": lambda wanted, value: value in wanted,
    "const": lambda wanted, value: value == wanted,
    "minimum": lambda wanted, value: value >= wanted,
    "maximum": lambda wanted, value: value <= wanted,
    "exclusiveMinimum": lambda wanted, value: value > wanted,
    "minItems": lambda wanted, value: len(value) >= wanted,
    "maxItems": lambda wanted, value: len(value) <= wanted,
    "minProperties": lambda wanted, value: len(value) >= wanted,
    "maxProperties": lambda wanted, value: len(value) <= wanted,
    "maxLength": lambda wanted, value: len(value) <= wanted,
    "pattern": lambda wanted, value: re.search(wanted, value) is not None,
    "uniqueItems": lambda _, value: len(set(value)) == len(value),
    "required": lambda wanted, value: set(wanted) <= set(value),
}
WORDS = {"$schema", "$defs", "title", "description", "default", "discriminator"}
NESTED = {"$ref", "properties", "patternProperties", "additionalProperties", "propertyNames",
          "items", "oneOf", "anyOf"}  # fmt: skip


def accepts(root: Schema, value: object, schema: Schema | None = None) -> bool:
    """Whether ``value`` is valid. Fails on a keyword that it does not know."""
    schema = root if schema is None else schema
    unknown = set(schema) - WORDS - NESTED - set(CHECKS)
    assert not unknown, f"this checker does not know {unknown}"
    if "$ref" in schema and not accepts(root, value, _resolve(root, schema["$ref"])):
        return False
    if "type" in schema and not CHECKS["type"](schema["type"], value):
        return False
    if not all(CHECKS[word](wanted, value) for word, wanted in schema.items() if word in CHECKS):
        return False
    return _alternatives(root, value, schema) and _inside(root, value, schema)


def _resolve(root: Schema, reference: str) -> Schema:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found  # type: ignore[no-any-return]


def _alternatives(root: Schema, value: object, schema: Schema) -> bool:
    one = [accepts(root, value, each) for each in schema.get("oneOf", ())]
    some = [accepts(root, value, each) for each in schema.get("anyOf", ())]
    return (not one or sum(one) == 1) and (not some or any(some))


def _inside(root: Schema, value: object, schema: Schema) -> bool:
    if isinstance(value, list):
        return all(accepts(root, item, schema.get("items", {})) for item in value)
    if not isinstance(value, dict):
        return True
    names = schema.get("propertyNames", {})
    return all(
        accepts(root, key, names) and _property(root, schema, key, item)
        for key, item in value.items()
    )


def _property(root: Schema, schema: Schema, key: str, value: object) -> bool:
    found = [schema["properties"][key]] if key in schema.get("properties", {}) else []
    patterns = schema.get("patternProperties", {})
    found += [inner for pattern, inner in patterns.items() if re.search(pattern, key)]
    if found:
        return all(accepts(root, value, inner) for inner in found)
    rest = schema.get("additionalProperties", True)
    return rest if isinstance(rest, bool) else accepts(root, value, rest)
