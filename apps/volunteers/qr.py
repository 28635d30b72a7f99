"""QR codes on paper and on screens."""

import base64
import io

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_image(text: str) -> str:
    """A data: address of an SVG."""
    stream = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, box_size=10, border=2).save(stream)
    return "data:image/svg+xml;base64," + base64.b64encode(stream.getvalue()).decode()
