"""Questions that a meeting moved to the next one stand on its agenda."""

import datetime

from django.utils import timezone

from meetings import agenda_questions, series
from meetings.models import Meeting
from tests import factories
from topics.models import Question

TODAY = timezone.localdate()


def test_questions_moved_to_the_next_meeting_are_on_its_agenda(editor):
    held = factories.make_meeting(date=TODAY - datetime.timedelta(days=30), number=1)
    topics = [factories.make_topic("Lampy"), factories.make_topic("Chodniki")]
    for topic in [topics[0], topics[0], topics[1]]:
        item = held.agenda_items.get_or_create(topic=topic)[0]
        question = Question.objects.get(comment=factories.make_published(topic, kind="question"))
        place = agenda_questions.take(question, item=item, by=editor)
        agenda_questions.end(place, end="moved", by=editor)
    agenda_questions.settle(held, by=editor, now=timezone.now())
    now = timezone.now()
    Meeting.objects.filter(pk=held.pk).update(state="held", held_at=now, closed_at=now)
    draft = series.next_of(Meeting.objects.get(pk=held.pk), by=editor, date=TODAY + datetime.timedelta(days=30))
    agenda = [(item.heading, item.agenda_questions.count()) for item in draft.agenda_items.all()]
    assert agenda == [(series.OPENING_TITLE, 0), ("Lampy", 2), ("Chodniki", 1)]
    assert not agenda_questions.waiting_for_next(held.forum).exists()
