"""The one exception for what an operator can put right before the site runs."""


class BadStart(Exception):
    """The site cannot start. The message is one sentence: what is wrong and what to do about it."""
