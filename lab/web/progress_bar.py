"""How far something has come, on a terminal as a bar, elsewhere as a line now and then."""

import time
from typing import TextIO

WIDTH = 32
REDRAW_S = 0.1
LINES = 10
"""Where nobody watches, a line for each tenth."""


class ProgressBar:
    """Of ``of`` trials."""

    def __init__(self, out: TextIO, of: int) -> None:
        self._out = out
        self._of = of
        self._is_watched = out.isatty()
        self._drawn_s = 0.0
        self._step = 0
        self._began_s = time.monotonic()

    def show(self, done: int, ratio: float) -> None:
        """Show the present state; cheap to call often."""
        if self._is_watched:
            self._draw(done, ratio)
        elif (step := int(ratio * LINES) + (done == self._of)) > self._step:
            self._step = step
            self._out.write(f"{self._words(done, ratio)}\n")
            self._out.flush()

    def end(self) -> None:
        """Leave the line to others."""
        if self._is_watched:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _draw(self, done: int, ratio: float) -> None:
        now_s = time.monotonic()
        if now_s - self._drawn_s < REDRAW_S and ratio < 1.0:
            return
        self._drawn_s = now_s
        full = round(ratio * WIDTH)
        bar = "█" * full + "░" * (WIDTH - full)
        self._out.write(f"\r{bar} {self._words(done, ratio)}\x1b[K")
        self._out.flush()

    def _words(self, done: int, ratio: float) -> str:
        took_s = time.monotonic() - self._began_s
        left = f", {took_s * (1.0 - ratio) / ratio:.0f} s left" if 0.02 < ratio < 1.0 else ""
        return f"{ratio:4.0%} · {done} of {self._of} trials{left}"
