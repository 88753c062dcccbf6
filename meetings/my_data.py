"""What meetings hold of somebody, for themselves."""

from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from meetings.models import AskedFor, Follow, FollowUp, GuestQuestion, News, Registration
from participants.leaving import addresses_of
from participants.models import Resident
from participants.my_data import Part, part

SIGN_UP = "meeting__title meeting__date name email seats sign_language induction_loop wheelchair ukrainian other_needs"
FOLLOWED = "topic__title meeting__title institution__name estate__name commitment__text forum__name created_at"
SIGN_UP += " language state created_at confirmed_at seated_at left_at"


def parts_of(account: Resident) -> list[Part]:
    """Surveys are nobody's: their sheets tell neither the account nor the hour."""
    addresses = addresses_of(account)
    signed_up = Registration.objects.of_person(account, addresses)
    guest = GuestQuestion.objects.annotate(address=Lower("email")).filter(address__in=addresses)
    better = FollowUp.objects.filter(account=account)
    answered = "entry__commitment__text asked_at is_better words answered_at"
    asked = AskedFor.objects.filter(comment__author=account)
    waits = "meeting__title topic__title email signature text language created_at"
    return [
        part("zapisy", _("Sign-ups for meetings"), signed_up, SIGN_UP, "account"),
        part("na_spotkania", _("Questions asked for meetings"), asked, "meeting__title comment__created_at"),
        part("niepotwierdzone", _("Questions that you have not confirmed yet"), guest, waits),
        part("obserwowane", _("What I follow"), Follow.objects.of(account), FOLLOWED, "account"),
        part("wiadomosci", _("News for you"), News.objects.filter(account=account), "why noted_at told_at", "account"),
        part("czy_lepiej", _("Answers to “Is it better?”"), better, answered, "account"),
    ]


LEFT_OUT = {
    "meetings.AgendaQuestion": "who of the staff took it on the agenda, and what was answered: the public record",
    "meetings.Circulation": "mailboxes of institutions that get the minutes",
    "meetings.CommitmentEntry": "the public record of a promise; who wrote it down is of the staff",
    "meetings.Erratum": "the public record; who wrote it is of the staff",
    "meetings.NoteVersion": "the minutes; who wrote them is of the staff",
    "meetings.Proposal": "words of institutions; who decided is of the staff",
    "meetings.SurveySheet": "who of the staff keyed in a sheet of paper; the sheet is nobody's",
}
