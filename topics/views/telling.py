"""The way out of letters about a question: a link of the letter, and a button."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from topics import telling
from topics.models import Question


@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Three queries. Opening the link changes nothing: programs open the links of letters too."""
    question = get_object_or_404(Question.objects.visible_to(request.user), pk=number)
    account = telling.account_of(question, token)
    if account is None:
        raise Http404
    if request.method == "POST":
        telling.mute(question, account)
        return redirect(request.path)
    context = {"question": question, "is_muted": question.mutes.filter(account=account).exists()}
    response = render(request, "topics/question_mute.html", context)
    add_never_cache_headers(response)
    return response
