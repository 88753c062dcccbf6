"""People who send what their pages do not offer: nothing is shown, and nothing is changed."""

from django.urls import reverse

from participants.models import Appointment
from tests import factories
from tests.panel import opened

# -- Names that are withheld ----------------------------------------------------------------------------


def test_editor_keeps_the_posts_of_who_withholds_the_name(editor, as_user):
    official = factories.make_official("Jan", "Zakryty", name_withheld=True)
    post = factories.make_appointment(official)
    client = as_user(editor)
    url = reverse("admin:participants_official_change", args=[official.pk])
    page = client.get(url)
    assert page.status_code == 200
    assert official.get_absolute_url() not in page.content.decode()
    filled = opened(client, url, **{"appointments-0-post": "Dzielnicowy rejonu nr 9"})
    del filled["name_withheld"]
    assert client.post(url, filled).status_code == 302
    official.refresh_from_db()
    assert not official.name_withheld
    assert Appointment.objects.get(pk=post.pk).post == "Dzielnicowy rejonu nr 9"


def test_name_withheld_later_leaves_the_answers_too(client, official):
    topic = factories.make_topic()
    speaker = official.appointment.official
    answers = [
        factories.make_published(
            topic, author_name=f"asp. szt. {speaker.full_name}", appointment=official.appointment, voice="Dzielnicowy"
        )
        for _ in range(2)
    ]
    topic.refresh_from_db()
    topic.pinned = answers[1]
    topic.save()
    addresses = [topic.get_absolute_url(), reverse("topics:thread", args=[topic.slug, answers[0].pk])]
    assert all(speaker.last_name in client.get(address).content.decode() for address in addresses)
    speaker.name_withheld = True
    speaker.save()
    for address in addresses:
        page = client.get(address).content.decode()
        assert speaker.last_name not in page
        assert official.appointment.post in page
