"""Documents and photos of a meeting, and photos of what was promised there."""

from typing import Any

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.views.decorators.http import require_safe

from meetings.models import Commitment, Document, EntryPhoto, Photo

FILE_SECONDS = 86_400


@require_safe
def document(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_object_or_404(Document.objects.visible_to(request.user).select_related("meeting"), pk=pk)
    if name != found.download_name:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    response = _file(found.file, found, "application/pdf", as_attachment=True, filename=name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def photo(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_object_or_404(Photo.objects.visible_to(request.user).select_related("meeting"), pk=pk)
    if request.path != found.get_absolute_url():
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    return _file(found.image, found, "image/jpeg")


@require_safe
def entry_photo(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    photos = EntryPhoto.objects.visible_to(request.user).select_related("entry__commitment")
    found = get_object_or_404(photos, pk=pk)
    if request.path != found.get_absolute_url():
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    return _file(found.image, found.entry.commitment, "image/jpeg")


def _file(file: FieldFile, owner: Document | Photo | Commitment, content_type: str, **options: Any) -> FileResponse:
    """Streams a file; the type is ours, and no browser guesses another. Only files of what is public are cached."""
    try:
        response = FileResponse(file.open("rb"), content_type=content_type, **options)
    except FileNotFoundError as error:
        raise Http404 from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Encoding"] = "identity"  # PDF and JPEG are packed already: GZipMiddleware leaves them alone
    if owner.is_public:
        patch_cache_control(response, public=True, max_age=FILE_SECONDS)
    else:
        add_never_cache_headers(response)
    return response
