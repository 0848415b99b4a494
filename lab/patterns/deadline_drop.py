"""Deadline drop: do not begin what nobody will wait for to the end.

    serving ──work that would end too late──▶ dropping ──work that can end in time──▶ serving

What has expired is dropped, which is easy, and is not enough: under overload each request is begun
just before its deadline and finishes just after it, so the server is busy and nothing comes of it.
So also what *cannot finish* is dropped: when less is left than work usually takes, by an average
that follows what is served, plus ``margin_s`` for the way back.
"""

from dataclasses import dataclass

from lab.patterns.parameters import parameter

WEIGHT = 0.1
"""How much of each new time goes into the average."""


@dataclass(frozen=True, slots=True)
class DeadlineDropSettings:
    """How much must be left."""

    enabled: bool = parameter(
        False,
        help="Do not begin work that would end too late.",
        reference="gRPC drops what has expired",
    )
    margin_s: float = parameter(
        0.0,
        unit="s",
        minimum=0.0,
        maximum=10.0,
        help="So much more than the usual time must be left, for what comes after the work.",
        reference="ours; gRPC servers drop what has expired only",
    )
    estimate: bool = parameter(
        True,
        help="Drop what cannot finish, not only what has expired. Switch it off to see a server "
        "that is busy with work for nobody.",
        reference="gRPC off",
    )


class DeadlineDrop:
    """Judges a request before its work begins."""

    def __init__(self, settings: DeadlineDropSettings) -> None:
        self._settings = settings
        self._usual_s: float | None = None
        self._left_s: float | None = None
        self._state, self._reason = "serving", "no request has been judged yet"
        self._begun = self._expired = self._hopeless = 0

    def retune(self, settings: DeadlineDropSettings) -> None:
        """Judge by other settings from now on; what was learnt stays."""
        self._settings = settings

    def learn(self, seconds: float) -> None:
        """Take how long the work of a request took, without its wait."""
        usual_s = seconds if self._usual_s is None else self._usual_s
        self._usual_s = usual_s + WEIGHT * (seconds - usual_s)

    def judge(self, left_s: float | None) -> str:
        """Return why work with ``left_s`` to its deadline is not begun; empty if it is."""
        needed_s, self._left_s = self._needed_s(), left_s
        if left_s is None or left_s > needed_s:
            self._begun += 1
            self._state, self._reason = "serving", f"usually done in {self._usual_s or 0.0:.3f} s"
            return ""
        self._state = "dropping"
        if left_s <= 0.0:
            self._expired += 1
            self._reason = "its deadline has passed"
        else:
            self._hopeless += 1
            self._reason = f"{left_s:.3f} s are left, {needed_s:.3f} s are needed"
        return f"dropped: {self._reason}"

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason, the times it rests on and the counts, as plain data.

        ``left_s`` is what the latest request had left, None if it had no deadline.
        """
        return {
            "state": self._state,
            "reason": self._reason,
            "usual_s": None if self._usual_s is None else round(self._usual_s, 6),
            "needed_s": round(self._needed_s(), 6),
            "left_s": None if self._left_s is None else round(self._left_s, 6),
            "counts": {"begun": self._begun, "expired": self._expired, "hopeless": self._hopeless},
        }

    def _needed_s(self) -> float:
        if not self._settings.estimate or self._usual_s is None:
            return 0.0
        return self._usual_s + self._settings.margin_s
