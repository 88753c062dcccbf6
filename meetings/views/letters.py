"""The page where somebody says which news they want, and when."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meetings.following import set_pace
from meetings.models import Follow, Forum
from participants.confirming import pause_of
from participants.forms import PublicForm
from participants.models import Estate, Resident

HOURS = [(hour, f"{hour}:00") for hour in range(24)]
FIELDS = ("pace", "wants_replies", "quiet_from", "quiet_until", "language")
FROM_LIST = gettext_lazy("Choose one of the list.")


def hour_field(label: str, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        choices=HOURS,
        coerce=int,
        error_messages={"required": FROM_LIST, "invalid_choice": FROM_LIST},
    )


class LettersForm(PublicForm):
    pace = forms.ChoiceField(
        label=gettext_lazy("How often do you want news?"),
        choices=Resident.Pace.choices,
        widget=forms.RadioSelect,
        error_messages={"required": FROM_LIST, "invalid_choice": FROM_LIST},
    )
    wants_replies = forms.BooleanField(
        label=gettext_lazy("Write to me when somebody answers my comment"), required=False
    )
    quiet_from = hour_field(gettext_lazy("No letters from"))
    quiet_until = hour_field(
        gettext_lazy("No letters until"), gettext_lazy("What happens then waits. The same hour twice: no rest.")
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of letters"),
        choices=settings.LANGUAGES,
        error_messages={"required": FROM_LIST, "invalid_choice": FROM_LIST},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_letters(request: HttpRequest) -> HttpResponse:
    """Six queries, whatever is followed."""
    account = request.user
    if request.method == "POST":
        form = LettersForm(request.POST)
        if form.is_valid():
            set_pace(account, **form.cleaned_data)
            messages.success(request, _("We have saved the changes."))
            return redirect("my_letters")
    else:
        form = LettersForm(initial={name: getattr(account, name) for name in FIELDS})
    follows = list(Follow.objects.of(account).for_list())
    estates = {follow.estate_id for follow in follows}
    forums = {follow.forum_id for follow in follows}
    context = {
        "form": form,
        "paused": pause_of(account),
        "follows": follows,
        "estates": [estate for estate in Estate.objects.all() if estate.pk not in estates],
        "forums": [forum for forum in Forum.objects.all() if forum.pk not in forums],
    }
    return render(request, "account/my_letters.html", context, status=422 if form.errors else 200)
