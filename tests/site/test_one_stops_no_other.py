"""One account that cannot be erased or warned, or whose file cannot be made, does not keep those after it waiting."""

import pytest
from django.utils import timezone

from forum_portal.leaving import erase_leavers
from forum_portal.my_data import make_exports
from participants.batches import PartlyDone
from participants.exports import ask_for_export
from participants.leaving import WAIT, WARNING, ask, warn_leavers
from participants.models import DataExport, Leaving, Resident
from tests import factories
from tests.refusing import refusing

pytestmark = pytest.mark.django_db


def test_an_erasing_that_fails_stops_none_after_it(caplog):
    first, second, third = (factories.make_resident() for _ in range(3))
    for person in (first, second, third):
        ask(person, erases_texts=False)
    later = timezone.now() + WAIT
    with refusing(Resident, pk=first.pk), pytest.raises(PartlyDone) as partly:
        erase_leavers(later)
    assert partly.value.done == 2
    assert list(Resident.objects.all()) == [first]
    assert "hanna" not in caplog.text
    assert "at " in caplog.text
    assert erase_leavers(later) == 1


def test_a_warning_that_fails_stops_none_after_it():
    first, _second, _third = (ask(factories.make_resident(), erases_texts=False) for _ in range(3))
    soon = timezone.now() + WAIT - WARNING
    with refusing(Leaving, act="UPDATE", pk=first.pk), pytest.raises(PartlyDone) as partly:
        warn_leavers(soon)
    assert partly.value.done == 2
    assert warn_leavers(soon) == 1


def test_a_file_that_fails_stops_none_after_it(caplog):
    first, second = (ask_for_export(factories.make_resident()) for _ in range(2))
    with refusing(DataExport, act="UPDATE", pk=first.pk), pytest.raises(PartlyDone) as partly:
        make_exports()
    assert partly.value.done == 1
    assert list(DataExport.objects.waiting()) == [first]
    assert DataExport.objects.get(pk=second.pk).file
    assert "hanna" not in caplog.text
    assert make_exports() == 1
