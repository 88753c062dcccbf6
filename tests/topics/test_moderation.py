"""What moderators decide: role × state, the record, the letter, and that nothing hidden is seen."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from participants.models import Letter, Resident
from participants.roles import Role
from participants.rules import CURRENT
from tests import factories
from tests.topics.parallel import at_once
from topics import moderation
from topics.cases import open_case
from topics.models import Case, Comment, Decision, Reason, Topic
from topics.moderation import DecisionRefused

NOW = datetime.datetime(2026, 11, 22, 21, 10, tzinfo=datetime.UTC)
SECRET = "Tajny tekst o sąsiedzie"
ACTS = {
    "publish": moderation.publish,
    "restore": moderation.restore,
    "hide": lambda comment, **how: moderation.hide(comment, reason=Reason.INSULT, **how),
    "keep": moderation.keep,
    "cut out": lambda comment, **how: moderation.cut_out(comment, ["sąsiedzie"], reason=Reason.PRIVATE_DATA, **how),
    "hand over": lambda comment, **how: moderation.hand_over(comment, "Dyżurny", "KMP-7", reason=Reason.THREAT, **how),
    "suspend": lambda comment, **how: moderation.suspend(comment, 24, reason=Reason.HATE, **how),
    "close": lambda comment, **how: moderation.close_account(comment, reason=Reason.HATE, **how),
    "lift": moderation.lift,
}
# How a comment can stand when a moderator comes to it.
STATES = ["waiting", "set aside", "published", "reported", "hidden", "refused", "handed over", "withdrawn"]
STATES += ["withdrawn and reported"]
# Which act fits which state, what the comment becomes, and what is written down.
FITS = {
    ("publish", "waiting"): ("published", Decision.Act.PUBLISH),
    ("publish", "set aside"): ("published", Decision.Act.PUBLISH),
    ("hide", "waiting"): ("hidden", Decision.Act.REFUSE),
    ("hide", "set aside"): ("hidden", Decision.Act.HIDE),
    ("hide", "published"): ("hidden", Decision.Act.HIDE),
    ("hide", "reported"): ("hidden", Decision.Act.HIDE),
    ("restore", "hidden"): ("published", Decision.Act.RESTORE),
    ("restore", "refused"): ("published", Decision.Act.RESTORE),
    ("keep", "reported"): ("published", Decision.Act.KEEP),
    ("keep", "withdrawn and reported"): ("withdrawn", Decision.Act.KEEP),
    ("cut out", "waiting"): ("waiting", Decision.Act.CUT_OUT),
    ("cut out", "set aside"): ("waiting", Decision.Act.CUT_OUT),
    ("cut out", "published"): ("published", Decision.Act.CUT_OUT),
    ("cut out", "reported"): ("published", Decision.Act.CUT_OUT),
    **{
        ("hand over", state): ("hidden", Decision.Act.HAND_OVER)
        for state in ("waiting", "set aside", "published", "reported", "hidden", "refused")
    },
    ("hand over", "withdrawn"): ("withdrawn", Decision.Act.HAND_OVER),
    ("hand over", "withdrawn and reported"): ("withdrawn", Decision.Act.HAND_OVER),
    **{("suspend", state): ("", Decision.Act.SUSPEND) for state in STATES},
    **{("close", state): ("", Decision.Act.CLOSE) for state in STATES},
}


def comment_in(state: str, topic: Topic, moderator: Resident) -> Comment:
    """A comment that came into its state, with the decisions that are still of use, and no letters."""
    if state in {"waiting", "refused"}:
        comment = factories.make_comment(topic, SECRET)
    else:
        comment = factories.make_published(topic, SECRET)
    if "reported" in state or state == "set aside":
        comment.reports.create(why="insult", created_at=NOW)
    if state == "set aside":
        moderation.set_aside(comment, Reason.INSULT)
    if state == "handed over":
        ACTS["hand over"](comment, by=moderator)
    if state in {"hidden", "refused"}:
        moderation.hide(comment, by=moderator, reason=Reason.THREAT)
    if state.startswith("withdrawn"):
        Comment.objects.filter(pk=comment.pk).update(state="withdrawn", withdrawn_at=NOW)
    Decision.objects.filter(sealed=None).delete()
    Letter.objects.all().delete()
    comment.refresh_from_db()
    return comment


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_act_fits_the_state_or_is_refused(topic, moderator, act: str, state: str):
    comment = comment_in(state, topic, moderator)
    before, decisions = Comment.objects.values().get(), Decision.objects.count()
    if (act, state) not in FITS:
        with pytest.raises(DecisionRefused):
            ACTS[act](comment, by=moderator)
        assert Comment.objects.values().get() == before
        assert (Decision.objects.count(), Letter.objects.count()) == (decisions, 0)
        return
    becomes, recorded = FITS[act, state]
    ACTS[act](comment, by=moderator, now=NOW)
    comment.refresh_from_db()
    decision = Decision.objects.latest("pk")
    assert comment.state == (becomes or before["state"])
    assert (decision.act, decision.decided_by, decision.decided_at) == (recorded, moderator, NOW)
    assert (decision.reason != "") == decision.is_against
    assert decision.rule == (before["hold"] if before["state"] == "waiting" else "")
    assert decision.after_report == ("reported" in state or state == "set aside")
    told = [] if recorded == Decision.Act.KEEP else [comment.author.email]
    assert list(Letter.objects.values_list("to", flat=True)) == told


@pytest.mark.parametrize("persona", ["author", "neighbour", "editor", "official", "former", "appeals", "duty"])
@pytest.mark.parametrize("act", ACTS)
def test_only_moderators_decide(topic, moderator, neighbour, editor, official, persona: str, act: str):
    fitting = {"restore": "hidden", "keep": "reported"}
    comment = comment_in(fitting.get(act, "waiting"), topic, moderator)
    if act == "lift":
        Resident.objects.filter(pk=comment.author_id).update(suspended_until=NOW + datetime.timedelta(days=9999))
    former = factories.make_resident("Igor", roles=[Role.MODERATOR])
    former.groups.clear()
    people = {
        "author": comment.author,
        "neighbour": neighbour,
        "editor": editor,
        "official": official,
        "former": former,
        "appeals": factories.make_resident("Olga", roles=[Role.APPEALS]),
        "duty": factories.make_resident("Piotr", roles=[Role.DUTY, Role.ANSWERER]),
    }
    before = Comment.objects.values().get()
    with pytest.raises(DecisionRefused):
        ACTS[act](comment, by=people[persona])
    assert (Comment.objects.values().get(), Decision.objects.exists()) == (before, False)


@pytest.mark.parametrize("role", ["moderator", "administrator"])
@pytest.mark.parametrize("act", ACTS)
def test_nobody_decides_about_their_own_comment(topic, moderator, role: str, act: str):
    comment = comment_in({"restore": "hidden", "keep": "reported"}.get(act, "waiting"), topic, moderator)
    if role == "moderator":
        comment.author.groups.set(Group.objects.filter(name=Role.MODERATOR))
    Resident.objects.filter(pk=comment.author_id).update(
        is_superuser=role == "administrator", suspended_until=NOW + datetime.timedelta(days=9999)
    )
    author = Resident.objects.get(pk=comment.author_id)
    assert author.has_perm("topics.change_comment")
    before = Comment.objects.values().get()
    with pytest.raises(DecisionRefused):
        ACTS[act](comment, by=author)
    assert (Comment.objects.values().get(), Decision.objects.exists()) == (before, False)


@pytest.mark.parametrize("act", ACTS)
def test_text_that_was_changed_meanwhile_is_not_decided_about(topic, moderator, act: str):
    comment = comment_in({"restore": "hidden", "keep": "reported"}.get(act, "waiting"), topic, moderator)
    Comment.objects.filter(pk=comment.pk).update(revision=comment.revision + 1)
    with pytest.raises(DecisionRefused):
        ACTS[act](comment, by=moderator, seen_revision=comment.revision)
    assert not Decision.objects.exists()


# -- What waited is ended -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "settled"),
    [("keep", "rejected"), ("hide", "upheld"), ("cut out", "upheld"), ("hand over", "upheld"), ("suspend", "upheld")],
)
def test_decision_about_what_everybody_sees_ends_cases_and_reports(topic, moderator, act: str, settled: str):
    comment = comment_in("reported", topic, moderator)
    open_case(comment, kind=Case.Kind.REPORTED, now=NOW)
    ACTS[act](comment, by=moderator, now=NOW)
    report = comment.reports.get()
    assert (report.state, report.decision) == (settled, Decision.objects.get())
    assert Case.objects.get().closed_at == NOW


@pytest.mark.parametrize("act", ["cut out", "suspend", "close"])
def test_comment_that_still_waits_keeps_its_case(topic, moderator, act: str):
    comment = comment_in("set aside", topic, moderator)
    open_case(comment, kind=Case.Kind.REPORTED, now=NOW)
    ACTS[act](comment, by=moderator)
    assert Case.objects.open().exists()
    assert comment.reports.open().exists()
    moderation.publish(comment, by=moderator)
    assert not Case.objects.open().exists()
    assert comment.reports.get().state == "rejected"


# -- Set aside by the program ---------------------------------------------------------------------------------------


def test_comment_set_aside_keeps_its_place_and_leaves_the_counts(topic, moderator):
    comment = comment_in("reported", topic, moderator)
    open_case(comment, kind=Case.Kind.REPORTED, now=NOW)
    Topic.objects.filter(pk=topic.pk).update(pinned=comment)
    moderation.set_aside(comment, Reason.INSULT, now=NOW)
    comment.refresh_from_db()
    topic.refresh_from_db()
    assert (comment.state, comment.hold, comment.position) == ("waiting", "reports", 1)
    assert (topic.comment_count, topic.thread_count, topic.pinned) == (0, 1, None)
    decision = Decision.objects.get()
    assert (decision.act, decision.role, decision.decided_by, decision.rule) == (
        "set-aside",
        "program",
        None,
        "reports",
    )
    assert Letter.objects.get().to == comment.author.email
    assert Case.objects.open().exists()
    assert comment.reports.open().exists()
    moderation.publish(comment, by=moderator)
    topic.refresh_from_db()
    assert (topic.comment_count, topic.thread_count) == (1, 1)


def test_what_a_person_left_as_it_is_stays_until_it_is_edited(topic, moderator):
    comment = comment_in("reported", topic, moderator)
    moderation.keep(comment, by=moderator, now=NOW)
    with pytest.raises(DecisionRefused):
        moderation.set_aside(comment, Reason.INSULT)
    Comment.objects.filter(pk=comment.pk).update(edited_at=NOW + datetime.timedelta(hours=1))
    assert moderation.set_aside(comment, Reason.INSULT).state == Comment.State.WAITING


def test_what_came_back_after_reports_is_not_set_aside_again(topic, moderator):
    comment = comment_in("set aside", topic, moderator)
    moderation.publish(comment, by=moderator)
    with pytest.raises(DecisionRefused):
        moderation.set_aside(comment, Reason.INSULT)


@pytest.mark.parametrize("state", [state for state in STATES if state not in {"published", "reported"}])
def test_only_what_everybody_sees_is_set_aside(topic, moderator, state: str):
    comment = comment_in(state, topic, moderator)
    with pytest.raises(DecisionRefused):
        moderation.set_aside(comment, Reason.INSULT)


def test_what_an_institution_says_is_not_set_aside(topic):
    answer = factories.make_published(topic, voice="Kierownik, Komenda")
    with pytest.raises(DecisionRefused):
        moderation.set_aside(answer, Reason.INSULT)


# -- Words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "criticism of the police", "krytyka policji"])
def test_hiding_needs_a_reason_of_the_published_list(topic, moderator, reason: str):
    comment = comment_in("published", topic, moderator)
    with pytest.raises(DecisionRefused):
        moderation.hide(comment, by=moderator, reason=reason)
    comment.refresh_from_db()
    assert comment.state == Comment.State.PUBLISHED


def test_note_too_long_for_the_record_is_refused(topic, moderator):
    comment = comment_in("published", topic, moderator)
    with pytest.raises(DecisionRefused):
        moderation.hide(comment, by=moderator, reason=Reason.INSULT, note="a" * 501)


def test_place_survives_hiding_and_restoring(topic, moderator):
    first, second = factories.make_published(topic), factories.make_published(topic)
    moderation.hide(first, by=moderator, reason=Reason.CASE)
    third = factories.make_published(topic)
    moderation.restore(first, by=moderator)
    places = {c.pk: c.position for c in topic.comments.all()}
    assert places == {first.pk: 1, second.pk: 2, third.pk: 3}
    first.refresh_from_db()
    assert (first.hidden_at, first.hidden_reason) == (None, "")


def test_hidden_answer_is_no_longer_pinned_nor_counted(topic, moderator):
    answer = factories.make_published(topic, voice="Kierownik, Komenda")
    Topic.objects.filter(pk=topic.pk).update(pinned=answer)
    moderation.hide(answer, by=moderator, reason=Reason.PRIVATE_DATA)
    topic.refresh_from_db()
    assert (topic.pinned, topic.official_count, topic.comment_count) == (None, 0, 0)


# -- The letter -----------------------------------------------------------------------------------------------


def letter_of(act: str, state: str, topic: Topic, moderator: Resident, **how) -> Letter:
    with translation.override("pl"):
        ACTS[act](comment_in(state, topic, moderator), by=moderator, **how)
    return Letter.objects.get()


@pytest.mark.parametrize(("act", "state"), [("publish", "waiting"), ("restore", "hidden")])
def test_letter_about_a_visible_comment_leads_to_it(topic, moderator, settings, act: str, state: str):
    letter = letter_of(act, state, topic, moderator)
    comment = Comment.objects.get()
    assert f"{settings.SITE_URL}/tematy/{topic.slug}/k/{comment.pk}/" in letter.body
    assert SECRET not in letter.body


@pytest.mark.parametrize("state", ["waiting", "published"])
def test_statement_of_reasons_has_what_the_law_asks(topic, moderator, settings, state: str):
    topic.title = 'Garaże & "boisko"'
    topic.save()
    letter = letter_of("hide", state, topic, moderator, note="Chodzi o nazwisko <w drugim zdaniu>.")
    with translation.override(settings.LANGUAGE_CODE):
        reason = str(Reason.INSULT.label)
    for told in (SECRET, reason, CURRENT.name, "/zasady/#powody", "<w drugim zdaniu>", 'Garaże & "boisko"'):
        assert told in letter.body
    assert moderator.email not in letter.body
    assert moderator.signature not in letter.body  # the role in public, the person inside


def test_refusal_names_the_rule_that_held_the_comment(topic, moderator, settings):
    comment = factories.make_comment(topic, hold=Comment.Hold.PHONE)
    moderation.hide(comment, by=moderator, reason=Reason.PRIVATE_DATA)
    with translation.override(settings.LANGUAGE_CODE):
        assert str(Comment.Hold.PHONE.label) in Letter.objects.get().body


def test_letters_of_the_four_decisions_differ(topic, moderator):
    subjects = set()
    for act, state in [("publish", "waiting"), ("hide", "waiting"), ("hide", "published"), ("restore", "hidden")]:
        ACTS[act](comment_in(state, topic, moderator), by=moderator)
        subjects.add(Letter.objects.latest("pk").subject)
    assert len(subjects) == 4


@pytest.mark.parametrize("author", ["deleted", "closed"])
def test_nobody_writes_to_an_account_that_is_gone(topic, moderator, author: str):
    comment = comment_in("waiting", topic, moderator)
    if author == "deleted":
        comment.author.delete()
    else:
        Resident.objects.filter(pk=comment.author_id).update(is_active=False)
    moderation.publish(comment, by=moderator)
    assert not Letter.objects.exists()
    assert Decision.objects.get().act == Decision.Act.PUBLISH


def test_letter_and_record_share_the_fate_of_the_change(topic, moderator):
    comment = comment_in("published", topic, moderator)
    with transaction.atomic():
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
        assert Letter.objects.count() == Decision.objects.count() == 1
        transaction.set_rollback(True)
    comment.refresh_from_db()
    assert comment.state == Comment.State.PUBLISHED
    assert not Decision.objects.exists()
    assert not Letter.objects.exists()


# -- Nothing hidden is seen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["waiting", "refused", "hidden", "withdrawn"])
def test_text_that_is_not_public_is_on_no_page(topic, moderator, as_user, state: str):
    thread = factories.make_published(topic, "Widoczny komentarz")
    unseen = comment_in(state, topic, moderator)
    reply = comment_in(state, topic, moderator)
    Comment.objects.filter(pk=reply.pk).update(parent=thread, position=reply.position)
    url = topic.get_absolute_url()
    addresses = [url, f"{url}watek/{thread.pk}/", f"{url}watek/{unseen.pk}/", f"{url}k/{unseen.pk}/", "/tematy/"]
    addresses += ["/tematy/rss/", f"{url}komentarz/{unseen.pk}/odpowiedz/", "/"]
    for reader in (None, factories.make_resident("Tomasz"), moderator):
        client: Client = as_user(reader)
        for address in addresses:
            assert SECRET not in client.get(address, follow=True).content.decode(), address
    assert "Widoczny komentarz" in as_user(None).get(url).content.decode()


@pytest.mark.parametrize("state", ["waiting", "refused", "hidden", "withdrawn"])
def test_what_is_not_public_is_in_no_count(topic, moderator, as_user, state: str):
    factories.make_published(topic)
    comment = comment_in("published" if state == "withdrawn" else state, topic, moderator)
    if state == "withdrawn":
        moderation.hide(comment, by=moderator, reason=Reason.INSULT)
    topic.refresh_from_db()
    assert topic.comment_count == 1
    client = as_user(None)
    client.cookies["jezyk"] = "en"
    for address in ("/tematy/", topic.get_absolute_url()):
        assert "1 comment<" in client.get(address).content.decode()


# -- At one moment ------------------------------------------------------------------------------------------------

parallel = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@parallel
def test_second_of_two_moderators_is_told(topic, moderator):
    comment = factories.make_comment(topic)
    other = factories.make_resident("Ola", roles=[Role.MODERATOR])
    results = at_once(
        lambda: moderation.publish(Comment.objects.get(pk=comment.pk), by=moderator),
        lambda: moderation.publish(Comment.objects.get(pk=comment.pk), by=other),
    )
    assert {type(result) for result in results} == {Comment, DecisionRefused}
    assert (Decision.objects.count(), Letter.objects.count()) == (1, 1)
    topic.refresh_from_db()
    assert topic.comment_count == 1


@parallel
def test_counters_stay_exact_when_many_decide_at_once(topic, moderator):
    waiting = [factories.make_comment(topic) for _ in range(3)]
    shown = [factories.make_published(topic) for _ in range(3)]
    gone = [moderation.hide(factories.make_published(topic), by=moderator, reason=Reason.CASE) for _ in range(3)]
    results = at_once(
        *[lambda c=c: moderation.publish(c, by=moderator) for c in waiting],
        *[lambda c=c: moderation.hide(c, by=moderator, reason=Reason.HATE) for c in shown],
        *[lambda c=c: moderation.restore(c, by=moderator) for c in gone],
    )
    assert [result for result in results if not isinstance(result, Comment)] == []
    topic.refresh_from_db()
    assert topic.comment_count == topic.comments.published().count() == 6
    assert topic.thread_count == 9
    assert sorted(topic.comments.values_list("position", flat=True)) == list(range(1, 10))
    assert topic.last_comment_at <= timezone.now()
