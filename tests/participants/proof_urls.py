"""A page whose form always asks for the sum, with the frame and the middleware of the site."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from forum_portal.urls import handler400, handler403, handler404, handler500
from forum_portal.urls import urlpatterns as site
from participants.proof import ProofMixin
from participants.robots import HumanForm

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

PAGE = """{% extends "base.html" %}{% load crispy_forms_tags %}{% block title %}Uwaga{% endblock %}{% block content %}
<h1>Uwaga</h1>
<form method="post" novalidate>
{% if form.challenge %}{% include "components/proof.html" with challenge=form.challenge only %}{% endif %}
{% csrf_token %}{% crispy form %}<button class="btn btn-primary">Wyślij</button>
</form>
{% endblock %}"""


class NoteForm(ProofMixin, HumanForm):
    text = forms.CharField(label="Treść")


def note(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST or None)
    if form.has_answered:
        return HttpResponse(f"{'proved' if form.is_proved else 'went without'}: {form.data['text']}")
    if form.is_bound:
        form.ask()
    page = Template(PAGE).render(RequestContext(request, {"form": form}))
    return HttpResponse(page, status=422 if form.challenge else 200)


urlpatterns = [path("uwaga/", note), *site]
