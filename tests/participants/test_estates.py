"""Estates in the panel."""

from django.urls import reverse

from participants.models import Estate
from tests import factories


def test_an_estate_with_topics_stays(editor, as_user):
    used, unused = factories.make_estate("Wyzwolenia"), factories.make_estate("Narutowicza")
    topic = factories.make_topic()
    topic.estates.add(used)
    client = as_user(editor)
    answers = {
        estate: client.post(reverse("admin:participants_estate_delete", args=[estate.pk]), {"post": "yes"}).status_code
        for estate in (used, unused)
    }
    assert answers == {used: 403, unused: 302}
    assert list(Estate.objects.all()) == list(topic.estates.all()) == [used]
