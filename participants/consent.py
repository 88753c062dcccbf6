"""The page that asks once for each version of the rules, and the way to it from whatever writes."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from participants import rules
from participants.forms import PublicForm, rules_field
from participants.ways_back import local_or


class ConsentForm(PublicForm):
    rules = rules_field()


def ask_first(back: str) -> HttpResponse:
    """To the page of the rules, and from there to `back`, an address of this site."""
    return redirect(f"{reverse('accept_rules')}?{urlencode({'next': back})}")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_rules(request: HttpRequest) -> HttpResponse:
    back = local_or(request.POST.get("next") or request.GET.get("next", ""), reverse("my_account"))
    if rules.has_accepted(request.user):
        return redirect(back)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        rules.accept(request.user)
        return redirect(back)
    context: dict[str, Any] = {"form": form, "next": back, "news": rules.news_for(request.user.rules_version)}
    return render(request, "account/accept_rules.html", context, status=422 if request.method == "POST" else 200)
