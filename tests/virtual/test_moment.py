"""Any moment of a record greets as the lab itself would have."""

import msgspec
import pytest

from lab.cluster.runs.moment import moment
from tests.cluster.shops import shipped
from tests.virtual.played import played


def test_a_moment_of_the_record_is_the_greeting_of_that_time() -> None:
    with played(shipped("pair")) as play:
        play.run_until(3.0)
        play.command(command="inject_fault", kind="crash", target="callee-1", duration_s=30.0)
        play.run_until(4.0)
        then = msgspec.json.decode(msgspec.json.encode(play.lab.hello()))
        play.run_until(90.0)  # far enough for closed chunks
        found = msgspec.json.decode(msgspec.json.encode(moment(play.recording, 4.0)))
        assert found["frame"]["t"] == pytest.approx(3.92)
        assert found["state"] == then["state"] | {"t": found["state"]["t"]}
        assert found["history"] == then["history"]
        assert found["events"] == then["events"]
        with pytest.raises(LookupError, match="nothing is kept"):
            moment(play.recording, -1.0)
