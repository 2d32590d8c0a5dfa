"""Who visits, what an answer is in the tables' words, and which names of URLs there are."""

from django.urls import URLResolver, get_resolver

VISITORS = [
    "anonymous",
    "outsider",
    "contributor",
    "owner",
    "member",
    "other_member",
    "officer",
    "administrator",
]


def read_whole(response):
    """A file that nobody reads to its end is left open."""
    if response.streaming:
        b"".join(response.streaming_content)


def outcome(response):
    """The answer in the table's words."""
    if response.status_code != 302:
        return response.status_code
    if response.url.startswith("/connexion/confirmer/"):
        return "confirm"
    if response.url.startswith("/connexion/"):
        return "login"
    return "admin" if response.url == "/admin/" else response.url


def names(patterns=None, namespace=""):
    """(every name under these patterns with its namespace, every pattern without a name)."""
    named, nameless = set(), []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            space = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            below, lost = names(pattern.url_patterns, space)
            named |= below
            nameless += lost
        elif pattern.name:
            named.add(namespace + pattern.name)
        else:
            nameless.append(namespace + str(pattern.pattern))
    return named, nameless
