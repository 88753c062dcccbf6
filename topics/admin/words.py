"""The office's own list of words. It begins empty: what hurts in one town is a joke in another."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from participants.admin.frame import PanelAdmin, PanelForm
from topics.models import WatchedWord
from topics.words import sought

SHORTEST = 3  # letters; "a*" would hold every other comment


class WordForm(PanelForm):
    def clean_word(self) -> str:
        word = " ".join(self.cleaned_data["word"].split())
        if len(sought(word).strip()) < SHORTEST:
            raise ValidationError(_("Write a word of at least %(least)d letters.") % {"least": SHORTEST})
        return word


@admin.register(WatchedWord)
class WatchedWordAdmin(PanelAdmin):
    form = WordForm
    list_display = ["word", "act", "note"]
    list_filter = ["act"]
    search_fields = ["word", "note"]
    fields = ["word", "act", "note"]
