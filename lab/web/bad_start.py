"""The one exception for what an operator can put right before the site runs."""


class BadStart(Exception):  # noqa: N818 - it is a state of affairs, told in one sentence
    """The site cannot start. The message is one sentence: what is wrong and what to do about it."""
