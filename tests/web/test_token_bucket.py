from lab.web.allowances import BURST, MOST_OWNERS, Allowances
from lab.web.token_bucket import TokenBucket


def test_a_burst_passes_and_then_the_rate_decides() -> None:
    bucket = TokenBucket(per_s=10.0, burst=3.0, now_s=100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(100.05) is False
    assert bucket.take(100.11) is True


def test_what_is_refused_takes_nothing() -> None:
    bucket = TokenBucket(per_s=1.0, burst=1.0, now_s=0.0)
    assert bucket.take(0.0)
    assert not any(bucket.take(0.5) for _ in range(100))
    assert bucket.take(1.0)


def test_a_long_rest_earns_no_more_than_the_burst() -> None:
    bucket = TokenBucket(per_s=10.0, burst=2.0, now_s=0.0)
    assert [bucket.take(1e6) for _ in range(3)] == [True, True, False]


def test_it_says_when_to_come_back() -> None:
    bucket = TokenBucket(per_s=4.0, burst=1.0, now_s=0.0)
    assert bucket.wait_s(0.0) == 0.0
    bucket.take(0.0)
    assert bucket.wait_s(0.0) == 0.25
    assert bucket.take(0.25)


def test_a_clock_that_goes_back_earns_nothing() -> None:
    bucket = TokenBucket(per_s=1.0, burst=1.0, now_s=10.0)
    assert bucket.take(10.0)
    assert not bucket.take(9.0)
    assert not bucket.take(10.5)
    assert bucket.take(11.0)


def test_each_owner_has_an_allowance_of_their_own() -> None:
    allowances = Allowances()
    waits_s = [allowances.wait_s("greedy", 0.0) for _ in range(int(BURST) + 1)]
    assert waits_s[-2] == 0.0
    assert waits_s[-1] > 0.0
    assert allowances.wait_s("modest", 0.0) == 0.0


def test_owners_at_rest_are_forgotten_and_greedy_ones_are_not() -> None:
    allowances = Allowances()
    while allowances.wait_s("greedy", 1000.0) == 0.0:
        pass
    for number in range(MOST_OWNERS):
        allowances.wait_s(f"owner-{number}", 0.0)
    assert allowances.wait_s("newcomer", 1000.0) == 0.0
    assert allowances.wait_s("greedy", 1000.0) > 0.0
    assert len(allowances._buckets) < MOST_OWNERS
