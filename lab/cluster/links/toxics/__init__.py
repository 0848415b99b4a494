"""The toxics of a link: Toxiproxy's model, one small class each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lab.cluster.links.toxics.bandwidth import Bandwidth
from lab.cluster.links.toxics.latency import Latency
from lab.cluster.links.toxics.limit_data import LimitData
from lab.cluster.links.toxics.reset_peer import ResetPeer
from lab.cluster.links.toxics.slicer import Slicer
from lab.cluster.links.toxics.slow_close import SlowClose
from lab.cluster.links.toxics.stage import Stage
from lab.cluster.links.toxics.timeout import Timeout

TOXICS: Mapping[str, type[Stage[Any]]] = MappingProxyType(
    {
        "latency": Latency,
        "bandwidth": Bandwidth,
        "slow_close": SlowClose,
        "timeout": Timeout,
        "reset_peer": ResetPeer,
        "slicer": Slicer,
        "limit_data": LimitData,
    }
)
