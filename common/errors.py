"""What a verb raises when it does not do what was asked. Anything else raised is a bug."""


class Refused(Exception):
    """What was asked cannot be done, or not with what was typed.

    `str(error)` is a French sentence for the person who asked; nothing was changed. A form shows
    it and keeps what was typed.
    """


class WrongStatus(Refused):
    """A verb was called on a row whose status no longer allows it: someone came first."""
