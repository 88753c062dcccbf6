"""Tags of printed pages."""

import segno
from django import template

register = template.Library()


@register.simple_tag
def qr(address: str) -> str:
    """A QR code of the address, as a data: URL for `<img src>`. A quarter of it may be dirty or torn off (level Q)."""
    return segno.make(address, error="q", micro=False).svg_data_uri(border=0, dark="#0d2346")
