"""Says which claims are not kept, as lines of the table."""

from tests.bench.faithful.claim import Claim
from tests.bench.faithful.table import line


def not_kept(claims: list[Claim]) -> list[str]:
    return [line(claim) for claim in claims if not claim.kept]
