"""What is wrong with a toxic, or with the link or name that it was looked for under."""


class ToxicError(Exception):
    """``code`` is ``invalid``, ``not_found`` or ``exists`` (400, 404 and 409 in Toxiproxy's API).

    ``field`` names the part of the request, such as ``attributes.latency``.
    """

    def __init__(self, field: str, message: str, hint: str = "", *, code: str = "invalid") -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.hint = hint
        self.code = code
