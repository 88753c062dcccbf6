"""What the database itself refuses, whoever writes to it."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from meetings.models import AgendaItem, Meeting, Presence
from tests import factories

SEVENTEEN = datetime.time(17)
WRONG_MEETINGS = {
    "ends before it starts": {"starts": SEVENTEEN, "ends": datetime.time(16)},
    "ends without a start": {"ends": SEVENTEEN},
    "an hour without a day": {"date": datetime.date(2026, 5, 1), "date_precision": "month", "starts": SEVENTEEN},
    "a month on its second day": {"date": datetime.date(2026, 5, 2), "date_precision": "month"},
    "a year in February": {"date": datetime.date(2026, 2, 1), "date_precision": "early"},
    "half a map point": {"latitude": "51.4"},
    "a place off the globe": {"latitude": "91", "longitude": "19.7"},
    "a count that nobody counted": {"head_count": 40},
    "counted without a number": {"head_counted": "about"},
    "scheduled for no hour": {"state": "scheduled", "publish_at": None},
    "public without a date of publication": {"published_at": None},
    "cancelled without a reason": {"state": "cancelled", "state_reason": ""},
}
WRONG_PRESENCES = {
    "an official without a name": {"kind": "official", "group": ""},
    "a post without a post": {"kind": "post"},
    "a group without a name": {"kind": "group", "group": ""},
    "a delegation of nobody": {"kind": "delegation"},
    "a private person with a name": {"kind": "private", "name_text": "Jan", "count": 1, "counted": "exact"},
    "private persons without a number": {"kind": "private"},
}


@pytest.mark.parametrize("wrong", WRONG_MEETINGS.values(), ids=WRONG_MEETINGS)
def test_meeting_cannot_be(wrong: dict, db):
    meeting = factories.make_meeting()
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(**wrong)


@pytest.mark.parametrize("wrong", WRONG_PRESENCES.values(), ids=WRONG_PRESENCES)
def test_presence_cannot_be(wrong: dict, db):
    presence = factories.make_presence(factories.make_meeting())
    with pytest.raises(IntegrityError), transaction.atomic():
        Presence.objects.filter(pk=presence.pk).update(**wrong)


def test_two_meetings_of_a_forum_cannot_have_one_number(db):
    factories.make_meeting(number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_meeting("Inne", number=2)


def test_two_meetings_of_a_year_cannot_have_one_address_and_of_two_years_can(db):
    factories.make_meeting("Zima", date=datetime.date(2026, 1, 5))
    factories.make_meeting("Zima", date=datetime.date(2027, 1, 5), slug="zima")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_meeting("Zima", date=datetime.date(2026, 12, 5), slug="zima")


def test_agenda_has_one_main_topic_and_no_nameless_item(db):
    meeting = factories.make_meeting()
    factories.make_agenda_item(meeting, is_main=True)
    for wrong in ({"is_main": True}, {"title": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.make_agenda_item(meeting, **wrong)
    assert AgendaItem.objects.count() == 1
