"""The benchmark of a hop does what it says, whatever the figures are."""

import pytest

from tests.bench import hop


def test_three_processes_carry_requests_and_report_their_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hop, "ROUNDS", 1)
    monkeypatch.setattr(hop, "REQUESTS", 320)
    result = hop.measure()
    for kind in ("http", "floor"):
        assert set(result[kind]) == {"1", "4", "16"}
        for costs in result[kind].values():
            assert set(costs) == {"caller", "link", "callee", "hop"}
            assert all(cost_us > 0.0 for cost_us in costs.values())
    assert all(ratio > 0.0 for ratio in result["ratio"].values())
