"""The one exception for an experiment that makes no sense."""


class ExperimentError(Exception):
    """An experiment cannot be done. One sentence says why; ``hint`` says what to do instead.

    ``field`` names the part to blame: ``set``, ``sweep``, ``seeds``, ``for_s``, ``warm_up_s``.
    """

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.field = field
        self.message = message
        self.hint = hint
