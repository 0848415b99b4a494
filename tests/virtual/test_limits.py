"""A virtual lab may be as large as no live one may."""

import pytest

from lab.cluster import Cluster, CommandError, ScenarioError, Spawner
from lab.cluster.scenarios.limits import LIVE, VIRTUAL
from tests.virtual.leaves import leaves
from tests.virtual.played import played

LEAVES = 60


def test_a_file_is_checked_against_the_limits_of_the_body_that_is_to_play_it() -> None:
    assert len(leaves(VIRTUAL.instances - 1, 10.0).instances()) == VIRTUAL.instances
    for n, limits in ((VIRTUAL.instances, VIRTUAL), (LIVE.instances, LIVE)):
        with pytest.raises(ScenarioError) as refused:
            leaves(n, 10.0, limits)
        codes = [diagnostic.code for diagnostic in refused.value.diagnostics]
        assert "too_many_instances" in codes


def test_no_live_lab_is_made_of_what_only_a_virtual_one_can_carry() -> None:
    with pytest.raises(ValueError, match="leaves is too large"):
        Cluster(leaves(LEAVES, 10.0), Spawner())


def test_sixty_leaves_serve_and_more_can_be_hired() -> None:
    with played(leaves(LEAVES, 50.0)) as play:
        play.command(command="set_service", service="leaf-a", replicas=LEAVES + 10)
        play.run_until(6.0)
        assert len(play.lab.crew.instances) == LEAVES + 11
        assert play.lab.totals.plain()["success_ratio"] == 1.0
        with pytest.raises(CommandError, match="at most 1000 instances"):
            play.command(command="set_service", service="leaf-a", replicas=VIRTUAL.replicas)
