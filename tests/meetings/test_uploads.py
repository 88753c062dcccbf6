"""Files that people upload by mistake or on purpose, and what is kept of a good photo."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from meetings.models import Document, Meeting, Photo
from tests import factories

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GPS = 0x8825


@pytest.fixture
def stored_under(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def jpeg(size: tuple[int, int] = (640, 480), **how) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "JPEG", **how)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes whose header promises a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\x00")), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def photo_of(content: bytes, name: str = "sala.jpg") -> Photo:
    return Photo(
        meeting=factories.make_meeting(),
        image=SimpleUploadedFile(name, content),
        alt="Pełna sala",
        source="KMP",
        ground=Photo.Ground.DETAIL,
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", SVG, b"%PDF-1.7", b"GIF89a" + b"\x00" * 64, jpeg()[:200]],
    ids=["empty", "text", "svg", "pdf", "gif", "cut off"],
)
def test_photo_that_is_no_photo_is_refused(content: bytes, db, stored_under):
    with pytest.raises(ValidationError) as refused:
        photo_of(content).full_clean()
    assert "image" in refused.value.message_dict
    assert list(stored_under.iterdir()) == []


def test_photo_of_200_megapixels_is_refused_before_it_is_unpacked(db, stored_under):
    with pytest.raises(ValidationError) as refused:
        photo_of(png_that_claims(20_000, 10_000), "duze.png").full_clean()
    assert "image" in refused.value.message_dict


def test_photo_over_the_size_limit_is_refused(db, settings, stored_under):
    settings.MAX_UPLOAD_BYTES = 1000
    with pytest.raises(ValidationError, match="MB"):
        photo_of(jpeg()).full_clean()


def test_photo_loses_its_hidden_data_and_its_name(db, stored_under):
    exif = Image.Exif()
    exif[0x010F] = "TajnyAparat"
    exif.get_ifd(GPS)[1] = "N"
    photo = photo_of(jpeg(exif=exif), "../../pesel-90010112345.jpg")
    photo.full_clean()
    photo.save()
    with photo.image.open() as stored:
        content = stored.read()
    assert b"TajnyAparat" not in content
    assert not Image.open(io.BytesIO(content)).getexif()
    assert "pesel" not in photo.image.name
    assert photo.image.name.startswith("photos/")


def test_photo_is_turned_upright_and_made_smaller(db, stored_under):
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone on its side
    photo = photo_of(jpeg((4000, 3000), exif=exif))
    photo.full_clean()
    photo.save()
    photo.refresh_from_db()
    assert (photo.width, photo.height) == (1200, 1600)


@pytest.mark.parametrize("content", [b"", b"MZ\x90", SVG, jpeg()], ids=["empty", "exe", "svg", "jpeg"])
def test_document_that_is_no_pdf_is_refused(content: bytes, db, stored_under):
    document = Document(meeting=factories.make_meeting(), title="Notatka", file=SimpleUploadedFile("a.pdf", content))
    with pytest.raises(ValidationError) as refused:
        document.full_clean()
    assert "file" in refused.value.message_dict


def test_document_is_stored_under_a_random_name(db, stored_under):
    document = Document(
        meeting=factories.make_meeting(), title="Notatka", file=SimpleUploadedFile("Jan Kowalski.pdf", b"%PDF-1.7 x")
    )
    document.full_clean()
    document.save()
    assert "Kowalski" not in document.file.name
    assert document.size == 10
    assert document.download_name == "notatka.pdf"


@pytest.fixture
def held(db, stored_under) -> Meeting:
    """With a document and a photo."""
    meeting = factories.make_meeting()
    factories.make_document(meeting)
    factories.make_photo(meeting)
    return meeting


def files_under(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_files_of_deleted_rows_are_deleted(held, stored_under, django_capture_on_commit_callbacks):
    for number, row in ((2, held.documents.get()), (1, held.photos.get())):
        assert files_under(stored_under) == number
        with django_capture_on_commit_callbacks(execute=True):
            row.delete()
    assert files_under(stored_under) == 0


def test_files_of_a_deleted_meeting_are_deleted(held, stored_under, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        held.delete()
    assert files_under(stored_under) == 0


def test_another_file_takes_the_place_of_the_old_one(held, stored_under, django_capture_on_commit_callbacks):
    document, photo = held.documents.get(), held.photos.get()
    document.file, photo.image = ContentFile(b"%PDF-1.7 longer", "b.pdf"), ContentFile(jpeg(), "b.jpg")
    with django_capture_on_commit_callbacks(execute=True):
        document.save()
        photo.save()
    assert files_under(stored_under) == 2
    assert Path(document.file.path).read_bytes() == b"%PDF-1.7 longer"
    assert (document.size, photo.width) == (15, 640)


def test_a_deletion_that_is_undone_keeps_the_file(held, stored_under, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        held.photos.get().delete()
        transaction.set_rollback(True)
    assert held.photos.exists()
    assert files_under(stored_under) == 2
