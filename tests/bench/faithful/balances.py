"""The tail of queue lengths under three ways to spread the load."""

from collections.abc import Callable
from random import Random
from statistics import fmean

from lab.patterns.balance import Balancer, BalanceSettings
from tests.bench.faithful.claim import Claim
from tests.bench.faithful.shops import lab_of, mix, service, work
from tests.bench.faithful.watched import watched
from tests.virtual.played import messages

GROUP = "balance"
WORK_S = 0.008


def tails(load: float, seconds: float, seed: int) -> list[Claim]:
    """Eight instances of one worker each: two choices < round robin < by chance."""
    longer = 5
    two, turns = (
        _tail(kind, load, seconds, seed, longer) for kind in ("two_choices", "round_robin")
    )
    chance = load**longer
    where = f"8 queues at {load:g}, share of {longer} or more in one"
    return [
        Claim(GROUP, f"{where}: two choices", two * 100, turns * 50, 0.0, "%", sense="<",
              why="less than half of round robin's"),
        Claim(GROUP, f"{where}: round robin", turns * 100, chance * 100, 0.0, "%", sense="<",
              why="less than by chance, ρᵏ"),
    ]  # fmt: skip


def _tail(kind: str, load: float, seconds: float, seed: int, longer: int) -> float:
    shop = service({"/r": {"work": work("exponential", WORK_S)}}, replicas=8, capacity=1)
    balance = {"pattern": "balance", "kind": kind}
    users = {"rate_per_s": 8 * load / WORK_S, "entry": "shop", "mix": mix("/r"), "chain": [balance]}
    with watched(lab_of({"shop": shop}, users), seed) as (play, _):
        play.run_until(seconds)
        frames = messages(play, "frame")
    cells = [cell for frame in frames if frame["t"] > 5.0 for cell in frame["instances"] if cell]
    return fmean(cell[1] + cell[2] >= longer for cell in cells)


def mean_field(load: float, jobs: int, seed: int) -> list[Claim]:
    """Our balance alone before a hundred queues: the doubly exponential tail of Mitzenmacher.

    With two choices the share of queues with k or more tends to ρ^(2^k − 1), by chance it is ρ^k.
    """
    queues = 100
    random = Random(seed)
    balancer = Balancer(BalanceSettings(kind="two_choices"))
    names = [f"q-{i}" for i in range(queues)]
    healthy = set(names)

    def choose(lengths: dict[str, int]) -> str:
        return balancer.pick(names, healthy, lengths, random.random).instance

    shares = _queues(choose, names, load, jobs, random)
    return [
        Claim(GROUP, f"100 queues at {load:g}, two choices: share of {k} or more", shares[k] * 100,
              load ** (2**k - 1) * 100, 1.5, "%", why="mean field; 100 queues are not infinite")
        for k in (1, 2, 3, 4, 5)
    ]  # fmt: skip


def _queues(
    choose: Callable[[dict[str, int]], str],
    names: list[str],
    load: float,
    jobs: int,
    random: Random,
) -> list[float]:
    """Return the shares of queues with k or more, k = 0 … 9; work and gaps are exponential.

    One step is an event of the uniformised chain: an arrival, or an end at a queue by chance.
    """
    lengths = dict.fromkeys(names, 0)
    counts = [0.0] * 10
    steps, seen = 0, 0
    while steps < 2 * jobs:
        steps += 1
        if random.random() < load / (1.0 + load):
            lengths[choose(lengths)] += 1
        else:
            at = names[int(random.random() * len(names))]
            lengths[at] -= lengths[at] > 0
        if steps > jobs // 2 and steps % 50 == 0:
            seen += 1
            for k in range(10):
                counts[k] += sum(length >= k for length in lengths.values()) / len(names)
    return [count / seen for count in counts]
