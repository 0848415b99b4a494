"""Who is out of whose balance, as the callers' health checks say."""

from typing import Any


class Ejections:
    """Dependency → caller instance → the callee instances that it leaves out."""

    def __init__(self) -> None:
        self._out: dict[str, dict[str, list[str]]] = {}

    def told(self, dependency: str, caller: str, instance: str, healthy: bool) -> None:
        """Take what one caller thinks of one instance from now on."""
        callers = self._out.setdefault(dependency, {})
        out = [name for name in callers.get(caller, []) if name != instance]
        callers[caller] = out if healthy else [*out, instance]

    def forget_caller(self, caller: str) -> None:
        """A new process of a caller begins with everybody in its balance."""
        for callers in self._out.values():
            callers.pop(caller, None)

    def forget_instance(self, instance: str) -> None:
        """An instance is no more, so it is out of nobody's balance."""
        for callers in self._out.values():
            for caller, out in callers.items():
                callers[caller] = [name for name in out if name != instance]

    def plain(self) -> dict[str, Any]:
        """Return it as the page and the API see it."""
        return self._out
