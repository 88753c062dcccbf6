"""The buttons by which a page is followed. They stand on pages of all apps, so the pages ask for them here."""

from typing import Any

from django import template
from django.db.models import Exists, OuterRef

from meetings.models import Follow, Forum

register = template.Library()


@register.inclusion_tag("meetings/_follow_button.html", takes_context=True)
def follow_button(context: Any, kind: str, row: Any) -> dict[str, Any]:
    """For whoever reads the page. One query; none for strangers, who are asked to sign in."""
    user = context["user"]
    is_followed = user.is_authenticated and Follow.objects.of(user).filter(**{kind: row}).exists()
    return {**_reader(context), "kind": kind, "pk": row.pk, "is_followed": is_followed}


@register.inclusion_tag("meetings/_follow_forums.html", takes_context=True)
def follow_forums(context: Any) -> dict[str, Any]:
    """To hear of new meetings. As `follow_button`, for each forum there is."""
    user, forums = context["user"], []
    if user.is_authenticated:
        own = Follow.objects.of(user).filter(forum=OuterRef("pk"))
        forums = list(Forum.objects.annotate(is_followed=Exists(own)))
    return {**_reader(context), "forums": forums, "names_them": len(forums) > 1}


def _reader(context: Any) -> dict[str, Any]:
    request = context["request"]
    return {"user": context["user"], "here": request.path}
