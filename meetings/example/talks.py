"""Example topics with their talks, written by the same functions as on the site."""

import datetime
import itertools
import uuid

from django.utils import timezone

from meetings.example import voices
from meetings.example.people import POLICE, Cast
from participants.models import Estate, Resident
from participants.prose import bind_short_words as bound
from participants.roles import SYSTEM
from topics.discussion import add_comment
from topics.models import Category, Comment, Reason, Topic
from topics.moderation import hide, publish
from topics.publication import close_talk, open_talk

DAY = datetime.timedelta(days=1)
BETWEEN_COMMENTS = datetime.timedelta(hours=4, minutes=50)
MORNING, NIGHT = datetime.time(8, 15), datetime.time(21, 0)
READING = datetime.timedelta(minutes=40)


def make_topics(cast: Cast, now: datetime.datetime) -> dict[str, Topic]:
    """Open ones, a closed one, one without a comment, and a draft. The first has three pages."""
    street, quiet, property_ = cast.categories
    north, south = cast.estates
    topics = {
        "way": _make("Droga do domu po zmroku", "Gdzie jest ciemno albo niebezpiecznie?", street, north, south),
        "noise": _make("Cisza nocna przy boisku", "Jak pogodzić grę z odpoczynkiem?", quiet, north),
        "path": _make("Piesi i rowery na jednej ścieżce", "Co ułatwi mijanie się?", street),
        "bicycles": _make("Rowery na klatkach schodowych", "Jak ich pilnować i gdzie je trzymać?", property_),
        "crossing": _make("Przejścia przy szkołach", "Które są najgorzej widoczne?", street, south),
    }
    topics["crossing"].closes_on = timezone.localdate(now) + 30 * DAY
    topics["crossing"].save()
    topics["way"].institution = cast.institutions[POLICE]
    topics["way"].save()
    began = now - 36 * DAY
    topics = {key: open_talk(topic, by=SYSTEM, now=began) for key, topic in topics.items()}
    _make("Oszustwa przez telefon", "To jest szkic. Widzi go tylko redakcja.", property_)
    _let_talk(Talk(cast, began), topics)
    topics["bicycles"] = close_talk(topics["bicycles"], by=SYSTEM, now=now - DAY)
    return topics


def _make(title: str, lead: str, category: Category, *estates: Estate) -> Topic:
    body = bound("<p>To jest przykład. Rozmawiają w nim zmyślone osoby.</p>")
    topic = Topic.objects.create(title=title, lead=bound(lead), body=body, category=category, is_example=True)
    topic.estates.set(estates)
    return topic


def _let_talk(talk: "Talk", topics: dict[str, Topic]) -> None:
    talk.hold(topics["bicycles"], voices.BICYCLES, voices.BICYCLES_REPLIES)  # a meeting talks about it
    talk.hold(topics["way"], voices.WAY_HOME, voices.WAY_HOME_REPLIES)
    answer = talk.say(topics["way"], voices.WAY_HOME_PINNED, talk.cast.officials["wolska"])
    Topic.objects.filter(pk=topics["way"].pk).update(pinned=answer)
    talk.leave_waiting(topics["way"], voices.WITH_LINK, talk.cast.residents[0])
    talk.leave_waiting(topics["way"], voices.FROM_NEWCOMER, talk.cast.newcomer)
    talk.hold(topics["noise"], voices.NOISE, voices.NOISE_REPLIES)
    talk.hold(topics["path"], voices.SHARED_PATH)


class Talk:
    """Lets the cast speak in turn, each some hours after the one before; a moderator reads what is held."""

    def __init__(self, cast: Cast, began: datetime.datetime) -> None:
        self.cast = cast
        self.clock = began
        self.turns = itertools.cycle(cast.residents)

    def hold(self, topic: Topic, texts: list[str], replies: list[voices.Reply] = ()) -> None:
        for index, text in enumerate(texts):
            thread = self.say(topic, text, next(self.turns))
            for reply in (reply for reply in replies if reply.thread == index):
                author = self.cast.officials[reply.official] if reply.official else next(self.turns)
                self.say(topic, reply.text, author, parent=thread)
            if text == voices.INSULT:
                note = "Napisz o sprawie, nie o osobie."
                hide(thread, by=self.cast.moderator, reason=Reason.INSULT, note=note, now=self.clock + READING)

    def say(self, topic: Topic, text: str, author: Resident, *, parent: Comment | None = None) -> Comment:
        comment = self.leave_waiting(topic, text, author, parent=parent)
        if comment.state == Comment.State.WAITING:
            comment = publish(comment, by=self.cast.moderator, now=self.clock + READING)
        return comment

    def leave_waiting(self, topic: Topic, text: str, author: Resident, *, parent: Comment | None = None) -> Comment:
        self.clock = _awake(self.clock + BETWEEN_COMMENTS)
        return add_comment(
            topic=topic,
            author=author,
            text=bound(text),
            kind=_kind_of(text),
            parent=parent,
            submission=uuid.uuid4(),
            now=self.clock,
        )


def _kind_of(text: str) -> Comment.Kind:
    if text in voices.PROPOSALS:
        return Comment.Kind.PROPOSAL
    if text in voices.THANKS:
        return Comment.Kind.THANKS
    return Comment.Kind.QUESTION if text.endswith("?") else Comment.Kind.OPINION


def _awake(moment: datetime.datetime) -> datetime.datetime:
    """The next morning, where it would be night: neither residents nor officials answer then."""
    local = timezone.localtime(moment)
    if MORNING <= local.time() < NIGHT:
        return moment
    day = local.date() + (DAY if local.time() >= NIGHT else datetime.timedelta())
    return timezone.make_aware(datetime.datetime.combine(day, MORNING))
