"""What somebody's work waits for and cannot help: a keystore, an engine. It is no fault of the work."""


class Away(RuntimeError):
    """Something is away; what needs it is done when it is back."""
