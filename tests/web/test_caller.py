from dataclasses import replace

import pytest

from lab.web.caller import Caller

LEARNER = Caller(
    address="127.0.0.1",
    host="127.0.0.1:8000",
    origin="",
    fetch_site="",
    authorization="",
    cookies={},
)


def caller(**changes: str) -> Caller:
    return replace(LEARNER, **changes)  # type: ignore[arg-type] # only texts are changed


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000"])
def test_a_request_to_this_machines_own_name_is_local(host: str) -> None:
    assert caller(host=host).is_local


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1"])
def test_every_loopback_address_is_local(address: str) -> None:
    assert caller(address=address).is_local


@pytest.mark.parametrize("address", ["192.168.1.7", "10.0.0.1", "::ffff:10.0.0.1", "", "evil"])
def test_another_machine_is_not_local(address: str) -> None:
    assert not caller(address=address).is_local


@pytest.mark.parametrize(
    "host", ["evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "", "[", "@"]
)
def test_a_name_that_was_rebound_to_this_machine_is_not_local(host: str) -> None:
    assert not caller(host=host).is_local


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1:9000",
        "http://localhost:8000",
        "null",
        "file://127.0.0.1:8000",
        "http://127.0.0.1:8000.evil.example",
        "http://[",
    ],
)
def test_a_page_of_another_origin_is_not_local(origin: str) -> None:
    assert not caller(origin=origin).is_local
    assert not caller(origin=origin).is_same_origin


def test_what_comes_through_a_proxy_is_not_local() -> None:
    assert not replace(caller(), is_forwarded=True).is_local


def test_our_own_page_is_local() -> None:
    assert caller(origin="http://127.0.0.1:8000", fetch_site="same-origin").is_local


@pytest.mark.parametrize("fetch_site", ["cross-site", "same-site"])
def test_a_read_that_another_page_causes_is_not_local(fetch_site: str) -> None:
    assert not caller(fetch_site=fetch_site).is_local
