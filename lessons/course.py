"""The course: its name, what it asks for, and its four modules. Lessons are filed under these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Module:
    """One of the course's modules. ``minutes`` is reading alone, the experiments are extra."""

    slug: str
    title: str
    summary: str
    topics: tuple[str, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class Course:
    """What a learner signs up for. ``prerequisites`` are courses, with what is used from them."""

    title: str
    level: str
    summary: str
    tags: tuple[str, ...]
    prerequisites: tuple[tuple[str, str], ...]
    modules: tuple[Module, ...]

    @property
    def minutes(self) -> int:
        """Reading time of all modules."""
        return sum(module.minutes for module in self.modules)


COURSE = Course(
    title="Reliability",
    level="beginner",
    summary=(
        "Failure is a certainty. A reliable system fails gracefully, recovers quickly and keeps "
        "the damage of one failure small. That takes choices at every layer, from the timeout of "
        "one call to the failover of a region, and here you make them on a running system."
    ),
    tags=("reliability", "fault-tolerance"),
    prerequisites=(
        ("Fundamentals", "networking and databases"),
        ("Scalability", "horizontal scaling and replication"),
    ),
    modules=(
        Module(
            slug="fault-tolerance",
            title="Fault Tolerance Fundamentals",
            summary=(
                "A crash, a hang and a slow answer look alike from outside and need different "
                "cures. Find out who is down, and have a spare that is not down with it."
            ),
            topics=("redundancy", "replication", "health checks", "failure detection"),
            minutes=6,
        ),
        Module(
            slug="breakers-and-retries",
            title="Circuit Breakers & Retries",
            summary=(
                "Trying again saves a request and can sink a system. Set timeouts, backoff, "
                "budgets and breakers so that a brief fault stays brief."
            ),
            topics=("timeouts", "backoff and jitter", "retry budgets", "circuit breakers"),
            minutes=6,
        ),
        Module(
            slug="graceful-degradation",
            title="Graceful Degradation",
            summary=(
                "When there is not enough for everyone, choose what to give up. Refuse early, "
                "answer with less, and keep what matters most."
            ),
            topics=("fallbacks", "load shedding", "priorities", "bulkheads"),
            minutes=6,
        ),
        Module(
            slug="disaster-recovery",
            title="Disaster Recovery",
            summary=(
                "Lose a region, a disk or a table, and measure what it cost: how much data, and "
                "how much time. A backup is what was restored."
            ),
            topics=("failover", "fencing", "backup and restore", "recovery objectives"),
            minutes=6,
        ),
    ),
)
