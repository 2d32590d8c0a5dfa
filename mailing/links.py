"""The makers of personal links, by name: a row of the outbox may name these and nothing else.

Each app registers its own in `links.py`, which is imported when the portal starts:

    @link_maker("qcm.take")
    def invitation_url(invitation_pk): …
"""

from collections.abc import Callable
from typing import Any, ParamSpec

Arguments = ParamSpec("Arguments")

_makers: dict[str, Callable[..., str]] = {}


class UnknownLink(LookupError):
    """No maker of this name is registered."""


def link_maker(
    name: str,
) -> Callable[[Callable[Arguments, str]], Callable[Arguments, str]]:
    """Register a function that returns an absolute URL, called with JSON-able arguments while
    the mail is sent. Raises ValueError when the name is taken.
    """

    def register(maker: Callable[Arguments, str]) -> Callable[Arguments, str]:
        # By its path as well: so do the rows name it that the code before this one wrote while
        # the portal was being brought up to date.
        for key in (name, f"{maker.__module__}.{maker.__qualname__}"):
            if key in _makers:
                raise ValueError(f"A link maker is named {key} already.")
            _makers[key] = maker
        return maker

    return register


def description(name: str, *args: Any) -> dict[str, Any]:
    """How a row describes a link; raises UnknownLink."""
    _maker(name)
    return {"name": name, "args": list(args)}


def minted_each(described: dict[str, Any] | list[dict[str, Any]]) -> list[str]:
    """The URLs that a row describes, one or several, made now. Raises UnknownLink."""
    if isinstance(described, list):
        return [minted(one) for one in described]
    return [minted(described)]


def minted(described: dict[str, Any]) -> str:
    """The URL that is described, made now; "" for none. Raises UnknownLink."""
    if not described:
        return ""
    return _maker(described.get("name") or described["path"])(*described["args"])


def _maker(name: str) -> Callable[..., str]:
    try:
        return _makers[name]
    except KeyError:
        raise UnknownLink(f"No link maker is named {name}.") from None
