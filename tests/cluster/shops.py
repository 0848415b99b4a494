"""The scenarios that tests run: those we ship, and two small ones with quick health checks."""

from pathlib import Path

from lab.cluster import Scenario, load_scenario

SHIPPED = Path(__file__).parents[2] / "lessons" / "scenarios"

QUICK_HEALTH = "{interval_s: 0.1, timeout_s: 0.2, rise: 2, fall: 2}"

CORNER = f"""
name: corner
title: A corner shop
description: A front in zone a, two backs behind it, and a till that only orders need.
seed: 5
zones: [a, b]
services:
  front:
    zones: [a]
    capacity: 64
    queue: 64
    health: {QUICK_HEALTH}
    restart: {{base_s: 0.3, crash_limit: 4}}
    routes:
      /page:
        work: {{kind: fixed, mean_s: 0.002}}
        calls: [{{to: back, route: /item}}]
      /order:
        work: {{kind: fixed, mean_s: 0.002}}
        calls: [{{to: till, route: /pay, method: POST}}]
  back:
    replicas: 2
    capacity: 8
    queue: 16
    health: {QUICK_HEALTH}
    restart: {{base_s: 0.3, crash_limit: 4}}
    routes:
      /item:
        work: {{kind: fixed, mean_s: 0.003}}
  till:
    zones: [b]
    capacity: 8
    queue: 16
    health: {QUICK_HEALTH}
    restart: {{base_s: 0.3, crash_limit: 4}}
    routes:
      /pay:
        work: {{kind: fixed, mean_s: 0.003}}
users:
  rate_per_s: 60
  patience_s: 1.0
  max_in_flight: 200
  entry: front
  mix:
    - {{route: /page, share: 4}}
    - {{route: /order, share: 1, method: POST, priority: critical}}
"""


def shipped(name: str) -> Scenario:
    """Return one of the scenarios that we ship."""
    return load_scenario((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"), name)


def corner(**changes: str) -> Scenario:
    """Return the corner shop; each of ``changes`` replaces a line of its top level or users."""
    text = CORNER
    for key, value in changes.items():
        lines = [
            f"{line[: len(line) - len(line.lstrip())]}{key}: {value}"
            if line.lstrip().startswith(f"{key}:")
            else line
            for line in text.splitlines()
        ]
        text = "\n".join(lines)
    return load_scenario(text, "corner")
