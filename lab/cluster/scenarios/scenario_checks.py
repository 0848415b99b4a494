"""What the parts of a scenario must be to one another: names that exist, limits, no circles."""

import re
from collections import Counter
from collections.abc import Iterator

from lab.cluster.message import HEALTH_PATH
from lab.cluster.scenarios.diagnostics import propose
from lab.cluster.scenarios.draft import CallAt, Draft
from lab.cluster.scenarios.findings import Finding
from lab.cluster.scenarios.limits import Limits
from lab.cluster.scenarios.topology import USERS

RESERVED = (USERS, "network")

_NUMBERED = re.compile(r".*-[0-9]+")


def check_names(draft: Draft) -> Iterator[Finding]:
    """Names of services and zones are told apart, from one another and from instances."""
    for name in draft.names:
        if name in RESERVED:
            message, hint = f"'{name}' is one of our own workers", "choose another name"
        elif _NUMBERED.fullmatch(name):
            message, hint = f"'{name}' looks like an instance", "end the name in a letter"
        else:
            continue
        yield Finding(("services", name), "reserved_name", message, hint, at_key=True)
    for index, zone in enumerate(draft.zones):
        if zone in draft.names or zone in RESERVED:
            what = "a service" if zone in draft.names else "one of our own workers"
            message, code = f"'{zone}' is {what} already", "reserved_name"
        elif zone in draft.zones[:index]:
            message, code = f"zone '{zone}' is named twice", "duplicate_name"
        else:
            continue
        yield Finding(("zones", index), code, message, "choose another name")


def check_services(draft: Draft) -> Iterator[Finding]:
    """Each service stands in zones that exist, and nobody calls what health checks call."""
    for name in draft.names:
        for index, zone in enumerate(draft.places(name)):
            if zone and zone not in draft.zones:
                path = ("services", name, "zones", index)
                hint = propose(zone, draft.zones)
                yield Finding(path, "unknown_zone", f"there is no zone '{zone}'", hint)
        if HEALTH_PATH in draft.routes(name):
            here = ("services", name, "routes", HEALTH_PATH)
            message = f"{HEALTH_PATH} is what health checks ask for"
            yield Finding(here, "reserved_name", message, "choose another path", at_key=True)


def check_work(draft: Draft) -> Iterator[Finding]:
    """Work has a deviation where the kind needs one, and only there."""
    for path, work in draft.works():
        spread = work.kind in ("normal", "lognormal")
        if spread and work.deviation_s <= 0.0:
            hint = "the standard deviation in seconds, above 0"
            message = f"{work.kind} work needs 'deviation_s'"
            yield Finding(path, "missing", message, hint, at_key=True)
        if not spread and work.deviation_s > 0.0:
            message = f"{work.kind} work has no deviation"
            here = (*path, "deviation_s")
            yield Finding(here, "unknown_key", message, "for normal and lognormal", at_key=True)


def check_calls(draft: Draft) -> Iterator[Finding]:
    """Each call goes to a service and a route that exist."""
    for call in draft.calls():
        if call.to not in draft.names:
            message, hint = f"there is no service '{call.to}'", propose(call.to, draft.names)
            yield Finding((*call.path, "to"), "unknown_service", message, hint)
        elif call.route is not None and call.route not in draft.routes(call.to):
            message = f"{call.to} has no route '{call.route}'"
            hint = propose(call.route, draft.routes(call.to))
            yield Finding((*call.path, "route"), "unknown_route", message, hint)


def check_circles(draft: Draft) -> Iterator[Finding]:
    """No service calls itself, directly or through others: such a request would never end."""
    calls: dict[str, list[CallAt]] = {name: [] for name in draft.names}
    for call in draft.calls():
        if call.to in calls and call.to not in [other.to for other in calls[call.caller]]:
            calls[call.caller].append(call)
    done: set[str] = set()
    for name in calls:
        yield from _circles(calls, name, (), done)


def _circles(
    calls: dict[str, list[CallAt]], name: str, trail: tuple[str, ...], done: set[str]
) -> Iterator[Finding]:
    """Walk the calls from ``name`` on. ``trail`` led here; what is ``done`` was walked before."""
    if name in done:
        return
    trail = (*trail, name)
    for call in calls[name]:
        if call.to in trail:
            circle = " → ".join((*trail[trail.index(call.to) :], call.to))
            message = f"calls go in a circle: {circle}"
            yield Finding((*call.path, "to"), "call_cycle", message, "remove one of these calls")
        else:
            yield from _circles(calls, call.to, trail, done)
    done.add(name)


def check_users(draft: Draft) -> Iterator[Finding]:
    """The users enter by a service that exists, and ask for routes that it has."""
    entry, mix = draft.entry, draft.mix
    if entry is not None and entry not in draft.names:
        message, hint = f"there is no service '{entry}'", propose(entry, draft.names)
        yield Finding(("users", "entry"), "unknown_service", message, hint)
    elif entry is not None:
        for index, share in mix.items():
            if share.route not in draft.routes(entry):
                message = f"{entry} has no route '{share.route}'"
                hint = propose(share.route, draft.routes(entry))
                yield Finding(("users", "mix", index, "route"), "unknown_route", message, hint)
    if mix and not any(share.share > 0.0 for share in mix.values()):
        hint = "give one of them a share above 0"
        yield Finding(("users", "mix"), "no_share", "all shares are zero", hint, at_key=True)


def check_dependencies(draft: Draft) -> Iterator[Finding]:
    """Each chain belongs to a pair that occurs in calls."""
    pairs = {f"{call.caller}:{call.to}" for call in draft.calls()}
    for name in draft.chains:
        if name not in pairs:
            ours = name.startswith(f"{USERS}:")
            hint = "put its chain under users" if ours else propose(name, pairs)
            message = f"no call goes over '{name}'"
            path = ("dependencies", name)
            yield Finding(path, "unknown_dependency", message, hint, at_key=True)


def check_limits(draft: Draft, limits: Limits) -> Iterator[Finding]:
    """The body can carry the lab. Each excess is told once, by the first count that shows it."""
    for name, service in draft.services.items():
        if service.replicas > limits.replicas:
            path = ("services", name, "replicas")
            message = f"{service.replicas} is out of range"
            yield Finding(path, "out_of_range", message, f"at most {limits.replicas}")
    if len(draft.names) > limits.instances:
        message = f"{len(draft.names)} are too many"
        yield Finding(("services",), "wrong_length", message, f"at most {limits.instances}")
    else:
        yield from _check_sums(draft, limits)


def _check_sums(draft: Draft, limits: Limits) -> Iterator[Finding]:
    instances, links = len(draft.instances()), draft.links()
    if instances > limits.instances:
        yield Finding(("services",), "too_many_instances", f"{instances} instances are too many",
                      f"at most {limits.instances} in all", at_key=True)  # fmt: skip
    if len(links) > limits.links:
        most, count = Counter(link.dependency for link in links).most_common(1)[0]
        hint = f"at most {limits.links} in all; {most} has {count}"
        message = f"{len(links)} links are too many"
        yield Finding(("services",), "too_many_links", message, hint, at_key=True)


def check_reach(draft: Draft) -> Iterator[Finding]:
    """Warn of a service that no request ever reaches."""
    if draft.entry not in draft.names:
        return
    reached, ahead = set[str](), [draft.entry]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += [call.to for call in draft.calls() if call.caller == name]
    for name in draft.names:
        if name not in reached:
            message, hint = f"no request reaches '{name}'", "call it, or remove it"
            path = ("services", name)
            yield Finding(path, "unreached", message, hint, at_key=True, level="warning")
