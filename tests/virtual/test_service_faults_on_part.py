"""A fault of a service takes hold in every instance that is up, and later in the others."""

import pytest

from lab.cluster import CommandError
from tests.cluster.shops import shipped
from tests.virtual.played import played

ERRORS = {
    "command": "inject_fault",
    "kind": "errors",
    "target": "catalog",
    "params": {"ratio": 1.0},
}


def test_an_instance_that_is_down_or_frozen_acts_the_fault_out_when_it_is_back() -> None:
    with played(shipped("toyshop")) as play:
        play.run_until(1.0)
        play.command(command="inject_fault", kind="crash", target="catalog-1", duration_s=3.0)
        fault = play.command(**ERRORS)
        assert fault["acknowledged_by"] == ["catalog-2"]
        play.run_until(8.0)
        before = play.lab.totals.links["gateway-1→catalog-1"].outcomes[0]
        play.run_until(12.0)
        assert play.lab.totals.links["gateway-1→catalog-1"].outcomes[0] == before


def test_with_no_instance_up_the_fault_is_refused_and_nothing_is_left_of_it() -> None:
    with played(shipped("toyshop")) as play:
        play.run_until(1.0)
        play.command(command="inject_fault", kind="crash", target="catalog", duration_s=3.0)
        with pytest.raises(CommandError, match="none of its instances is up"):
            play.command(**ERRORS)
        assert [each["kind"] for each in play.lab.state()["faults"]] == ["crash"]
