"""The editor of rich text. Without JavaScript it stays what it is here: a textarea with HTML."""

import json
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.templatetags.static import static
from django.utils.translation import gettext, pgettext


class RichTextWidget(forms.Textarea):
    """static/js/rich-text.js makes the editor; its address and its words stand in data attributes (strict CSP)."""

    class Media:
        css = {"all": ["css/rich-text.css"]}
        js = [Script("js/rich-text.js", type="module")]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 6, **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-rich-text": static("django_prose_editor/editor.js"),
            "data-words": json.dumps(_words(), ensure_ascii=False),
        }
        return context


def _words() -> dict[str, str]:
    return {
        "toolbar": gettext("Formatting"),
        "bold": gettext("Bold"),
        "italic": gettext("Italic"),
        "heading": gettext("Heading"),
        "subheading": gettext("Subheading"),
        "bullets": gettext("Bulleted list"),
        "numbers": gettext("Numbered list"),
        "quote": gettext("Quotation"),
        "link": pgettext("in a text", "Link"),
        "undo": gettext("Undo"),
        "redo": gettext("Redo"),
        "address": gettext("Address of the link"),
        "set": gettext("Set the link"),
        "remove": gettext("Remove the link"),
        "cancel": gettext("Cancel"),
    }
