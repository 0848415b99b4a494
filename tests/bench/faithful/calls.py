"""How calls multiply and how they are lost, against closed form."""

from statistics import fmean

from lab.cluster import Costs, Play, Scenario
from tests.bench.faithful import theory
from tests.bench.faithful.claim import CI, Claim, interval, share_interval
from tests.bench.faithful.shops import FREE, Plain, lab_of, mix, service, work
from tests.bench.faithful.watched import run, watched
from tests.virtual.played import played

GROUP = "calls"
HOPS = ("edge:api", "api:orders", "orders:db")
NOTHING = work("fixed", 0.0)


def chain_of_four(rate: float, failing: float, chains: dict[str, list[Plain]]) -> Scenario:
    """Return edge → api → orders → db; a share of what db answers is an error."""
    route = {"work": NOTHING}
    services = {
        caller: service({"/r": route | {"calls": [{"to": callee, "route": "/r"}]}}, capacity=1000)
        for caller, callee in (hop.split(":") for hop in HOPS)
    }
    services["db"] = service({"/r": route}, capacity=1000)
    faults = [{"kind": "errors", "target": "db", "params": {"ratio": failing}}]
    return lab_of(
        services,
        {"rate_per_s": rate, "entry": "edge", "mix": mix("/r")},
        {hop: {"chain": chain} for hop, chain in chains.items()},
        faults=faults,
    )


def amplification(failing: float, attempts: int, requests: int, seeds: int) -> list[Claim]:
    """Retries of three layers: (1 − p^n) / (1 − p) calls at the last (module 2, 1)."""
    retry = {"pattern": "retry", "attempts": attempts, "backoff": "none"}
    chains = {hop: [retry] for hop in HOPS}
    ratios = [
        reached(chain_of_four(100.0, failing, chains), seed, 1.0 + requests / seeds / 100.0)["db"]
        for seed in range(1, seeds + 1)
    ]
    found = interval(ratios)
    name = f"3 layers × {attempts} attempts, {failing:.0%} fail: calls of db per request"
    expected = theory.amplified(failing, attempts, 3)
    return [Claim(GROUP, name, found.mean, expected, found.half + 1e-9, why=f"closed form; {CI}")]


def at_the_top_only(requests: int) -> list[Claim]:
    """With retry at one layer there is nothing to multiply."""
    retry = {"pattern": "retry", "attempts": 4, "backoff": "none"}
    lab = chain_of_four(100.0, 1.0, {HOPS[0]: [retry]})
    ours = reached(lab, 1, 1.0 + requests / 100.0)["db"]
    return [Claim(GROUP, "retry at the edge only, 4 attempts: calls of db", ours, 4.0, 1e-9)]


def budget(kind: str, failing: float, requests: int) -> list[Claim]:
    """A budget of a tenth: nobody gets more than 1.1, however many fail.

    Requests take 0.2 s here: a budget by those under way (concurrent) needs some.
    """
    retry = {
        "pattern": "retry", "attempts": 3, "backoff": "none", "budget": kind,
        "budget_ratio": 0.1, "budget_min_per_s": 0.0, "budget_min_retries": 0,
    }  # fmt: skip
    lab = chain_of_four(100.0, failing, {HOPS[2]: [retry]})
    slow = Costs(birth_s=0.0, connect_s=0.0, one_way_s=0.1)
    ours = reached(lab, 1, 3.0 + requests / 100.0, 3.0, slow)["db"]
    name = f"retry budget of 10 % ({kind}), {failing:.0%} fail: calls of db"
    return [Claim(GROUP, name, ours, 1.1, 0.005, sense="<", why="its ceiling")]


def reached(
    scenario: Scenario, seed: int, to_s: float, from_s: float = 1.0, costs: Costs = FREE
) -> dict[str, float]:
    """Return the attempts at each service per user request, between two moments."""
    with played(scenario, seed=seed, costs=costs) as play:
        play.run_until(from_s)
        before, offered = _attempts(play), play.lab.totals.offered
        play.run_until(to_s)
        after, offered = _attempts(play), play.lab.totals.offered - offered
    return {name: (after[name] - before.get(name, 0)) / offered for name in after}


def _attempts(play: Play) -> dict[str, int]:
    counted: dict[str, int] = {}
    for link, tally in play.lab.totals.links.items():
        name = link.partition("→")[2].rpartition("-")[0]
        counted[name] = counted.get(name, 0) + sum(tally.outcomes)
    return counted


def toxicity(ratio: float, seeds: int) -> list[Claim]:
    """A toxic hits a share of the connections, each by itself: the losses are binomial.

    The work outlasts the load, so that no connection is ever used twice.
    """
    shop = service({"/r": {"work": work("fixed", 5.0)}}, capacity=1000)
    lab = lab_of({"shop": shop}, {"rate_per_s": 0.0, "entry": "shop", "mix": mix("/r")})
    lost = sent = 0
    squares = []
    for seed in range(1, seeds + 1):
        with watched(lab, seed) as (play, ends):
            play.run_until(0.5)
            toxic = {"toxicity_ratio": ratio, "stream": "upstream"}
            play.command(
                command="inject_fault", kind="reset_peer", target="users:shop", params=toxic
            )
            play.command(command="set_users", rate_per_s=200.0)
            play.run_until(3.5)
            play.command(command="set_users", rate_per_s=0.0)
            play.run_until(10.0)
        failed = sum(end.outcome == "failed" for end in ends)
        squares.append((failed - len(ends) * ratio) ** 2 / (len(ends) * ratio * (1 - ratio)))
        lost, sent = lost + failed, sent + len(ends)
    return [
        Claim(GROUP, f"toxicity {ratio:g}: share lost of {sent:,} connections", lost / sent * 100,
              ratio * 100, share_interval(ratio, sent) * 100, "%", why=f"binomial; {CI}"),
        Claim(GROUP, f"… and its variance over {seeds} seeds, of the binomial one", fmean(squares),
              1.0, 2.576 * (2.0 / seeds) ** 0.5, why=f"χ²; {CI}"),
    ]  # fmt: skip


def fan_out(pages: int, seed: int) -> list[Claim]:
    """What is rare for one call is common for a page of a hundred (module 1, 1)."""
    leaf_s, slow = 0.01, 0.01
    leaf = service({"/leaf": {"work": work("exponential", leaf_s)}}, capacity=1000, replicas=4)
    calls = {
        "one": [{"to": "leaf", "route": "/leaf"}],
        "ten": [{"parallel": [{"to": "leaf", "route": "/leaf"}] * 10}],
        "hundred": [{"parallel": [{"to": "tree", "route": "/ten"}] * 10}],
    }
    tree = service({"/ten": {"work": NOTHING, "calls": calls["ten"]}}, capacity=1000)
    routes = {f"/{name}": {"work": NOTHING, "calls": steps} for name, steps in calls.items()}
    front = service(routes, capacity=1000)
    users = {"rate_per_s": 50.0, "entry": "front", "mix": mix(one=0.4, ten=0.3, hundred=0.3)}
    ends = run(lab_of({"front": front, "tree": tree, "leaf": leaf}, users), seed, 1.0, pages / 50.0)
    p99_s = theory.mmc_quantile_s(1000, 1.0, leaf_s, 1.0 - slow)
    claims = []
    for name, n in (("one", 1), ("ten", 10), ("hundred", 100)):
        times = [end.seconds for end in ends if end.route == f"/{name}"]
        expected = theory.any_of(n, slow)
        ours = fmean(seconds > p99_s for seconds in times)
        claims.append(
            Claim(GROUP, f"fan-out {n}: pages slower than a leaf's p99", ours * 100, expected * 100,
                  share_interval(expected, len(times)) * 100, "%", why=f"1 − 0.99ⁿ; {CI}")
        )  # fmt: skip
    return claims
