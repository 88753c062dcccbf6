"""Pages of a list, by `?strona=`."""

from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.db import models
from django.http import Http404, HttpRequest

PARAMETER = "strona"


def page_of(request: HttpRequest, rows: models.QuerySet[Any], *, size: int) -> Page:
    """The page asked for, the first one by default; a page that does not exist is not found. Two queries."""
    try:
        return Paginator(rows, size).page(request.GET.get(PARAMETER) or 1)
    except InvalidPage as error:
        raise Http404 from error
