"""Sized experiments of the curriculum that are neither a queue nor a storm."""

from tests.bench.faithful import theory
from tests.bench.faithful.claim import CI, Claim, interval, share_interval
from tests.bench.faithful.shops import Plain, lab_of, mix, service, work
from tests.bench.faithful.watched import good_ratio, run

GROUP = "sized"


def slow_is_worse(seeds: int) -> list[Claim]:
    """Slow is worse than dead (module 1, 2): 20 slots, 50/s of 40 ms, one in twenty never returns.

    Without a queue this is Erlang's loss with the mean of both kinds of work.
    """
    slots, rate, work_s, share = 20, 50.0, 0.04, 0.05
    claims = []
    for deadline_s in (40.0, 1.0):
        ratios = []
        for seed in range(1, seeds + 1):
            lab = lab_of(
                {
                    "shop": service(
                        {
                            "/well": {"work": work("fixed", work_s)},
                            "/hung": {
                                "work": work("fixed", 0.0),
                                "calls": [{"to": "frozen", "route": "/r"}],
                            },
                        },
                        capacity=slots,
                        queue=0,
                    ),
                    "frozen": service({"/r": {"work": work("fixed", 0.0)}}),
                },
                {
                    "rate_per_s": rate, "entry": "shop", "patience_s": deadline_s,
                    "mix": mix(well=1.0 - share, hung=share),
                },
                faults=[{"kind": "hang", "target": "frozen"}],
            )  # fmt: skip
            ratios.append(good_ratio(run(lab, seed, 85.0, 245.0)))
        erlangs = rate * ((1.0 - share) * work_s + share * deadline_s)
        expected = (1.0 - theory.erlang_b(slots, erlangs)) * (1.0 - share)
        found = interval(ratios)
        claims.append(
            Claim(GROUP, f"1 in 20 never returns, a deadline of {deadline_s:g} s: served",
                  found.mean * 100, expected * 100, found.half * 100, "%",
                  why=f"Erlang B × 0.95; {CI} of {seeds} seeds")
        )  # fmt: skip
    return claims


def breaker_over_shards(threshold: float, seconds: float) -> list[Claim]:
    """The breaker that broke the healthy (module 2, 5): one of three shards fails every call.

    Tripped, it stays open for ``wait`` seconds, then lets three calls probe; in turn, one of the
    three fails, so it opens again: 2 served of each λ × wait + 3 that come.
    """
    rate, wait_s = 10.0, 1.7
    breaker = {
        "pattern": "breaker", "window": "count", "window_calls": 30, "minimum_calls": 30,
        "failure_ratio": threshold, "wait_s": wait_s, "permits": 3,
    }  # fmt: skip
    shard = service({"/r": {"work": work("fixed", 0.001)}}, replicas=3)
    users = {"rate_per_s": rate, "entry": "shard", "mix": mix("/r"), "chain": [breaker]}
    lab = lab_of({"shard": shard}, users, faults=[_broken("shard-1")])
    ends = run(lab, 1, 30.0, 30.0 + seconds)
    trips = threshold < 1 / 3
    expected = 2.0 / (rate * wait_s + 3.0) if trips else 2 / 3
    return [
        Claim(GROUP, f"1 of 3 shards broken, a breaker at {threshold:g}: served",
              good_ratio(ends) * 100, expected * 100, 0.7, "%",
              why="2 of λ × wait + 3" if trips else "two of three")
    ]  # fmt: skip


def breaker_by_shard(seed: int) -> list[Claim]:
    """A breaker for each shard: the broken one alone is cut off."""
    breaker = {"pattern": "breaker", "window_calls": 10, "failure_ratio": 0.3}
    one = {"/r": {"work": work("fixed", 0.001)}}
    names = ("first", "second", "third")
    services: Plain = {name: service(one) for name in names}
    routes = {
        f"/{name}": {"work": work("fixed", 0.0), "calls": [{"to": name, "route": "/r"}]}
        for name in names
    }
    lab = lab_of(
        services | {"front": service(routes, capacity=64)},
        {"rate_per_s": 30.0, "entry": "front", "mix": mix(*routes)},
        {f"front:{name}": {"chain": [breaker]} for name in names},
        faults=[_broken("first")],
    )
    ends = run(lab, seed, 10.0, 310.0)
    tolerance = share_interval(2 / 3, len(ends)) * 100
    return [
        Claim(GROUP, "1 of 3 shards broken, a breaker for each at 0.3: served",
              good_ratio(ends) * 100, 200 / 3, tolerance, "%", why=f"two of three; {CI}")
    ]  # fmt: skip


def pool(with_breaker: bool, seed: int) -> list[Claim]:
    """The pool (module 2, 5): what needs nobody, while a frozen callee holds all eight workers."""
    breaker = {"pattern": "breaker", "enabled": with_breaker, "wait_s": 60.0}
    limit = {"pattern": "attempt_timeout", "limit_s": 1.0}
    routes = {
        "/alone": {"work": work("fixed", 0.002)},
        "/ask": {"work": work("fixed", 0.002), "calls": [{"to": "callee", "route": "/r"}]},
    }
    lab = lab_of(
        {
            "front": service(routes, capacity=8, queue=0),
            "callee": service({"/r": {"work": work("fixed", 0.002)}}),
        },
        {"rate_per_s": 40.0, "entry": "front", "mix": mix(alone=0.7, ask=0.3)},
        {"front:callee": {"chain": [breaker, limit]}},
        faults=[{"kind": "hang", "target": "callee"}],
    )
    ends = [end for end in run(lab, seed, 20.0, 320.0) if end.route == "/alone"]
    erlangs = 40.0 * (0.7 * 0.002 + 0.3 * 1.002)
    expected = 1.0 if with_breaker else 1.0 - theory.erlang_b(8, erlangs)
    name = f"a frozen callee, {'a' if with_breaker else 'no'} breaker: the route that needs nobody"
    tolerance = 1.5 if with_breaker else 3.0
    return [
        Claim(GROUP, name, good_ratio(ends) * 100, expected * 100, tolerance, "%",
              why="" if with_breaker else "Erlang B")
    ]  # fmt: skip


def _broken(instance: str) -> Plain:
    return {"kind": "errors", "target": instance, "params": {"ratio": 1.0}}
