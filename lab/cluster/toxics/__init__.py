"""The toxics of a link: Toxiproxy's model, one small class each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lab.cluster.toxics.bandwidth import Bandwidth
from lab.cluster.toxics.latency import Latency
from lab.cluster.toxics.limit_data import LimitData
from lab.cluster.toxics.reset_peer import ResetPeer
from lab.cluster.toxics.slicer import Slicer
from lab.cluster.toxics.slow_close import SlowClose
from lab.cluster.toxics.stage import Stage
from lab.cluster.toxics.timeout import Timeout

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
