"""What somebody does whose letters come back: asks for a link, and presses the button on its page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from participants import confirming
from participants.bounces import lift
from participants.limits import LimitReached


@login_required
@require_POST
def try_address(request: HttpRequest) -> HttpResponse:
    try:
        is_sent = confirming.ask(request.user, now=timezone.now())
    except LimitReached as full:
        messages.error(request, str(full))
        return redirect("my_account")
    if is_sent:
        messages.info(request, _("A letter is on its way. Open the link in it, and we write to you again."))
    return redirect("my_account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_works(request: HttpRequest, key: str) -> HttpResponse:
    """Looking changes nothing: programs that read letters open every link."""
    paused = confirming.found(key)
    if request.method == "POST" and paused and lift(paused.email):
        messages.success(request, _("Your address works. We write to you again."))
        return redirect("my_account")
    return render(request, "account/address_check.html", {"paused": paused}, status=200 if paused else 410)
