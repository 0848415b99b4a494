"""Every kind of worker killed and frozen at random: the lab stays truthful and obeys."""

import os

import pytest

from lab.cluster import Spawner
from tests.cluster.shops import shipped
from tests.cluster.watched import running
from tests.survival.harm import Harm

SECONDS = float(os.environ.get("FAULTLINE_HARM_S", "5"))


@pytest.mark.parametrize("seed", [1, 2])
async def test_it_says_what_the_kernel_says_and_a_reset_works(seed: int, spawner: Spawner) -> None:
    async with running(shipped("toyshop"), spawner) as lab:
        await lab.flows()
        report = await Harm(lab, spawner, seed).run(SECONDS)
        assert lab.lab.state()["status"] == "running"
    assert report.harms > SECONDS
    assert report.kinds.keys() == {"signal", "fault", "heal", "steer"}
