"""ES modules keep working under hashed names, and only what pages need is published."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.template import engines
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from lab.web import packages, static_files
from lab.web.assets import HashedModules
from lab.web.bad_start import BadStart

Publish = Callable[[Mapping[str, str]], Mapping[str, str]]


@pytest.fixture
def publish(settings: Settings, tmp_path: Path) -> Publish:
    """Collect the given files (path: text) and return the published ones, without their hashes."""
    source = tmp_path / "source"
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "data" / "static"
    settings.STORAGES = {"staticfiles": {"BACKEND": "lab.web.assets.HashedModules"}}

    def publish(files: Mapping[str, str]) -> Mapping[str, str]:
        for name, text in files.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        static_files.collect(settings.STATIC_ROOT)
        published = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
        return {
            name: (settings.STATIC_ROOT / hashed).read_text() for name, hashed in published.items()
        }

    return publish


def unhashed(text: str) -> str:
    return re.sub(r"\.[0-9a-f]{12}\.", ".HASH.", text)


def test_relative_imports_are_rewritten_to_hashed_names(publish: Publish) -> None:
    published = publish(
        {
            "js/page.js": 'import { draw } from "./map/draw.js";\nimport "./boot.js";\ndraw();\n',
            "js/map/draw.js": "export function draw() {}\n",
            "js/boot.js": "export {};\n",
        }
    )

    assert unhashed(published["js/page.js"]) == (
        'import { draw } from "./map/draw.HASH.js";\nimport"./boot.HASH.js";\ndraw();\n'
    )


def test_bare_imports_are_left_to_the_import_map(publish: Publish) -> None:
    text = (
        'import { h } from "preact";\n'
        'import { draw } from "./draw.js";\n'
        '/** @type {import("preact").VNode} */\n'
        "export const node = draw(h);\n"
    )

    published = publish({"js/page.js": text, "js/draw.js": "export const draw = Object;\n"})

    assert unhashed(published["js/page.js"]) == text.replace("draw.js", "draw.HASH.js")


def test_types_in_comments_may_form_cycles(publish: Publish) -> None:
    one = (
        'import { two } from "./two.js"; // "an unclosed string\n'
        '/** @typedef {import("./two.js").Two} Two */\n'
        "export const one = two;\n"
    )
    two = (
        "/**\n * Imports nothing, but knows\n"
        ' * @type {import("./one.js").One}\n */\n'
        'export const two = "/*";\n'
        'export const late = () => import("./late.js");\n'
    )

    published = publish({"js/one.js": one, "js/two.js": two, "js/late.js": "export {};\n"})

    assert unhashed(published["js/one.js"]) == one.replace("./two.js", "./two.HASH.js", 1)
    assert unhashed(published["js/two.js"]) == two.replace("./late.js", "./late.HASH.js")


def test_a_cycle_of_real_imports_stops_the_start(publish: Publish) -> None:
    with pytest.raises(RuntimeError, match="Max post-process passes exceeded"):
        publish({"js/a.js": 'import "./b.js";\n', "js/b.js": 'import "./a.js";\n'})


def test_a_deep_tree_of_modules_is_hashed_to_its_leaves(publish: Publish) -> None:
    depth = 12
    files = {
        f"js/m{n}.js": f'import "./m{n + 1}.js";\nexport const n = {n};\n' for n in range(depth)
    }

    published = publish({**files, f"js/m{depth}.js": "export const n = 0;\n"})

    assert all(
        re.match(rf'import"\./m{n + 1}\.[0-9a-f]{{12}}\.js";', published[f"js/m{n}.js"])
        for n in range(depth)
    )


def test_an_import_of_a_missing_module_stops_the_start(publish: Publish) -> None:
    with pytest.raises(ValueError, match=r"js/gone\.js"):
        publish({"js/page.js": 'import "./gone.js";\n'})


def test_only_what_pages_need_is_published(publish: Publish) -> None:
    published = publish(
        {"js/a.js": "export {};\n", "jsconfig.json": "{}", "biome.json": "{}", ".hidden": "x"}
    )

    packaged = {name for name in published if name.startswith("packages/")}
    assert set(published) - packaged == {"js/a.js"}
    assert packaged == {
        "packages/@dagrejs/dagre/dist/dagre.esm.js",
        "packages/@preact/signals-core/dist/signals-core.module.js",
        "packages/@preact/signals/dist/signals.module.js",
        "packages/htm/dist/htm.module.js",
        "packages/preact/dist/preact.mjs",
        "packages/preact/hooks/dist/hooks.mjs",
        "packages/uplot/dist/uPlot.esm.js",
        "packages/uplot/dist/uPlot.min.css",
    }


def test_collecting_again_does_nothing_until_a_source_changes(
    publish: Publish, settings: Settings
) -> None:
    publish({"js/a.js": "export {};\n"})
    assert static_files.collect(settings.STATIC_ROOT) is False

    published = publish({"js/a.js": "export const changed = true;\n"})

    assert published["js/a.js"] == "export const changed = true;\n"


def test_the_import_map_gives_every_bare_name_a_hashed_file(
    publish: Publish, settings: Settings
) -> None:
    publish({})
    request = RequestFactory().get("/")
    request.csp_nonce = "n0nce"  # type: ignore[attr-defined] # the middleware's

    html = engines["django"].from_string("{% import_map %}").render({}, request)

    found = re.fullmatch(r'<script type="importmap" nonce="n0nce">(.*)</script>', html)
    assert found
    imports = json.loads(found[1])["imports"]
    assert set(imports) == set(packages.MODULES)
    for url in imports.values():
        assert re.fullmatch(r"/static/packages/.+\.[0-9a-f]{12}\.m?js", url)
        assert (settings.STATIC_ROOT / url.removeprefix("/static/")).is_file()


def test_every_bare_import_inside_the_packages_is_in_the_import_map(
    settings: Settings,
) -> None:
    imported = set()
    for file in packages.entries(settings.NODE_MODULES).values():
        text = (settings.NODE_MODULES / file).read_text()
        imported |= set(re.findall(r'(?:from|import)\s*"([@a-z][^"]*)"', text))

    assert imported <= set(packages.MODULES)
    assert imported == {"preact", "preact/hooks", "@preact/signals-core"}


def test_a_missing_package_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadStart, match=r"@dagrejs/dagre is not in .*make lab"):
        packages.files(tmp_path)


def test_the_storage_of_the_site_is_the_hashing_one() -> None:
    assert isinstance(storages["staticfiles"], HashedModules)
