"""What production refuses to start with: values left as examples, or that protect nothing."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

SHORTEST_KEY, FEWEST_CHARACTERS = 50, 16
# Reserved for examples and tests: no mail ever leaves for these, no visitor comes to them.
EXAMPLES = ("example", "example.com", "example.net", "example.org", "invalid", "test")


def problems(
    *,
    secret_key: str,
    site_url: str,
    allowed_hosts: Sequence[str],
    senders: dict[str, Iterable[str]],
) -> list[str]:
    """A sentence for each; `senders` are the addresses of mail settings, by the setting's name."""
    return [
        *_of_key(secret_key),
        *_of_site(site_url, allowed_hosts),
        *(
            f"{name} is an example ({address})."
            for name, addresses in senders.items()
            for address in addresses
            if "@" not in address or is_example(address.rpartition("@")[2].rstrip("> "))
        ),
    ]


def is_example(host: str) -> bool:
    """Whether this host, or one above it, stands in documentation only."""
    host = host.lower().rstrip(".")
    return any(host == one or host.endswith(f".{one}") for one in EXAMPLES)


def _of_key(key: str) -> Iterable[str]:
    if "django-insecure" in key:
        yield "SECRET_KEY is one that a tool made for trying things out (django-insecure)."
    elif len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        yield (
            f"SECRET_KEY is weak: {SHORTEST_KEY} characters at least, "
            f"{FEWEST_CHARACTERS} different ones among them."
        )


def _of_site(url: str, hosts: Sequence[str]) -> Iterable[str]:
    site = urlsplit(url)
    if site.scheme != "https" or not site.hostname:
        yield "SITE_URL must begin with https:// and name a host."
    elif is_example(site.hostname):
        yield f"SITE_URL is an example ({url})."
    if "*" in hosts:
        yield "ALLOWED_HOSTS must name the hosts: * lets any through."
    for host in hosts:
        if is_example(host):
            yield f"ALLOWED_HOSTS is an example ({host})."
