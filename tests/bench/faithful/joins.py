"""Sized experiments of the curriculum that need what does not exist yet: (which, issue, why)."""

JOINS: tuple[tuple[str, int, str], ...] = (
    ("module 1, 1: a 30 ms hedge, and 1 % of calls at 1 s", 4, "hedge; work of two kinds"),
    ("module 1, 3: ten servers that crash of overload", 4, "a crash that overload causes"),
    ("module 1, 5: mistakes of a failure detector by heartbeat", 4, "failure detectors"),
    ("module 1, 6: blast radius of shuffle shards", 4, "poison request, shards"),
    ("module 2, 2: 1 % too much becomes 2.7 times", 4, "a client that retries for ever"),
    ("module 2, 4: LIFO, budget and load drop as cures", 4, "queue disciplines"),
    ("module 2, 6: a budget for each of 10, 100, 1,000 clients", 4, "greedy clients"),
    ("module 3, 3: skip expired, margin, LIFO, CoDel", 4, "deadline drop, disciplines"),
    ("module 3, 4: drop the right third", 4, "priority shedding"),
    ("module 3, 5: the cache that cannot warm up", 4, "cache"),
    ("module 3, 6: serve half a page; throttle", 4, "brownout, client throttle"),
    ("module 1: the quorum dial; module 4: 1, 2, 4, 5, 6", 5, "state, regions, failover"),
)
