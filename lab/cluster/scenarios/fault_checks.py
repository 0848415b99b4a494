"""Whether the faults that a scenario begins with can happen in it."""

from collections.abc import Iterator

from lab.cluster.scenarios.authored import TimedFault
from lab.cluster.scenarios.authored_patterns import wrong_settings
from lab.cluster.scenarios.diagnostics import propose
from lab.cluster.scenarios.draft import Draft
from lab.cluster.scenarios.faults import FAULTS, FaultKind
from lab.cluster.scenarios.findings import Finding, finding_of
from lab.cluster.scenarios.positions import Path, shown
from lab.cluster.scenarios.topology import USERS

PAIR = "pair"


def check_faults(draft: Draft) -> Iterator[Finding]:
    """Each fault is of a kind that exists, aims at something it can hit, and has its parameters."""
    targets = _targets(draft)
    for index, fault in draft.faults.items():
        path: Path = ("faults", index)
        kind = FAULTS.get(fault.kind)
        if kind is None:
            message = f"there is no fault {shown(fault.kind)}"
            hint = propose(fault.kind, FAULTS)
            yield Finding((*path, "kind"), "unknown_fault", message, hint)
            continue
        for wrong in wrong_settings(kind.settings, fault.params):
            yield finding_of((*path, "params"), wrong)
        if draft.whole:
            yield from _check_target((*path, "target"), kind, fault, targets)


def _targets(draft: Draft) -> dict[str, set[str]]:
    """Return all that can be aimed at, by what it is."""
    links = draft.links()
    zones = {instance.name: instance.zone for instance in draft.instances()}
    services = {instance.name: instance.service for instance in draft.instances()}
    pairs = {
        pair
        for link in links
        for place in (zones, services)
        if link.caller in place and place[link.caller] != place[link.callee]
        for pair in (
            f"{place[link.caller]}|{place[link.callee]}",
            f"{place[link.callee]}|{place[link.caller]}",
        )
    }
    return {
        "instance": set(zones),
        "service": set(draft.services),
        "zone": set(draft.zones),
        "link": {link.name for link in links},
        "dependency": {link.dependency for link in links},
        PAIR: pairs,
        USERS: {USERS},
    }


def _check_target(
    path: Path, kind: FaultKind, fault: TimedFault, targets: dict[str, set[str]]
) -> Iterator[Finding]:
    target = fault.target.replace("->", "→").strip()
    if any(target in targets[what] for what in kind.targets):
        return
    allowed = f"it aims at: {', '.join(kind.targets)}"
    for what, names in targets.items():
        if target in names:
            yield Finding(path, "bad_target", f"{kind.kind} cannot aim at a {what}", allowed)
            return
    if kind.targets == (PAIR,):
        yield Finding(path, "unknown_target", f"no link joins {shown(target)}",
                      f"two zones or two services; {propose(target, targets[PAIR])}")  # fmt: skip
        return
    known = {name for what in kind.targets for name in targets[what]}
    message = f"there is no {' or '.join(kind.targets)} {shown(target)}"
    yield Finding(path, "unknown_target", message, propose(target, known))
