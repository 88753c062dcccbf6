"""The way back: an address that a form or a link brings along, followed where it lies on this site."""

from django.utils.http import url_has_allowed_host_and_scheme

from participants.validators import has_invisible

LONGEST = 2000


def is_local(address: str) -> bool:
    """Browsers read more into an address than Python does: no host behind slashes of any kind, nothing invisible."""
    if not address.startswith("/") or address[1:2] in {"/", "\\"} or len(address) > LONGEST or has_invisible(address):
        return False
    return url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def local_or(address: str, otherwise: str) -> str:
    return address if is_local(address) else otherwise
