"""What may be uploaded: judged by content, in bounded memory and time; photos lose every hidden datum."""

import io

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")
PHOTO_EDGE = 1600  # pixels of the longer side as stored
MEGABYTE = 1024 * 1024
TOO_MANY_PIXELS = _("The photo has too many pixels. Make it smaller: at most 40 megapixels.")


def validate_size(file: UploadedFile | FieldFile) -> None:
    if file.size > settings.MAX_UPLOAD_BYTES:
        limits = {"size": -(-file.size // MEGABYTE), "limit": settings.MAX_UPLOAD_BYTES // MEGABYTE}
        raise ValidationError(_("The file has %(size)d MB, and may have at most %(limit)d MB."), params=limits)


def is_stored(file: UploadedFile | FieldFile) -> bool:
    """It was judged when it came; looking again would leave it open."""
    return isinstance(file, FieldFile) and file._committed


def validate_document(file: UploadedFile | FieldFile) -> None:
    if is_stored(file):
        return
    validate_size(file)
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if b"%PDF-" not in head:
        raise ValidationError(_("This is not a PDF file. Save the document as PDF and try again."))


def validate_photo(file: UploadedFile | FieldFile) -> None:
    """Reads the header only: the size in pixels is known before anything is unpacked."""
    if is_stored(file):
        return
    validate_size(file)
    file.seek(0)
    try:
        with Image.open(file, formats=PHOTO_FORMATS) as image:
            width, height = image.size
    except Image.DecompressionBombError as error:
        raise ValidationError(TOO_MANY_PIXELS) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise ValidationError(_("This is not a photo that we can read. Use JPEG, PNG or WebP.")) from error
    finally:
        file.seek(0)
    if width * height > settings.MAX_IMAGE_PIXELS:
        raise ValidationError(TOO_MANY_PIXELS)


def clean_photo(file: FieldFile) -> tuple[ContentFile, tuple[int, int]]:
    """A new JPEG, upright, without EXIF, GPS or any other metadata; and its width and height, 1600 pixels at most."""
    file.seek(0)
    with Image.open(file, formats=PHOTO_FORMATS) as image:
        image.draft("RGB", (PHOTO_EDGE * 2, PHOTO_EDGE * 2))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((PHOTO_EDGE, PHOTO_EDGE))
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return ContentFile(out.getvalue(), name="photo.jpg"), fresh.size
