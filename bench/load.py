"""Fills an empty database with a town that has talked for years. By hand, in a database made for it:

python manage.py shell -v 0 -c "from bench.load import load; load(200_000, waiting=10_000)"

Rows go in by bulk, with the positions and counters that the domain functions would have given them;
`manage.py recount --dry-run` finds nothing to mend.
"""

import datetime
import itertools
import random
import uuid
from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from bench.matters import held, kind_and_supporters, load_cases, load_questions, load_supports, make_role
from bench.promises import load_large_meeting, load_promises
from bench.town import LONG_SLUG, MODERATOR, PASSWORD, READER, ROBOTS
from meetings.models import AgendaItem, Forum, Meeting, Organiser, Presence
from participants.models import Appointment, Estate, Institution, Official, Resident
from participants.prose import plain_to_html
from participants.roles import Role
from participants.rules import CURRENT
from topics.models import Category, Comment, Topic

MEETINGS, AGENDA, GUESTS, TIMES_ON_AGENDA = 500, 6, 12, 3
INSTITUTIONS, OFFICIALS, RESIDENTS = 20, 60, 500
LONG_TALK = 10_000  # threads of one topic: 500 pages
TALK = 100  # comments of every other topic
REPLY_EVERY, OFFICIAL_EVERY = 5, 25  # a fifth of the threads has a reply, an answer of an office stands on each page
BATCH = 2000
# Words made of these are as long as Polish ones and compress as badly; a small stock of real words would flatter us.
STOCK = """
ba be bie cha che ci cie co czy da dą de do dzie fa ga ge gło gra ja je ju ka ke kie ko kra la le li lo ła łe ło ma me
mi mie mo na nę nia nie no ny o pa pie po prze pra ra re ro ru ry rze sa się so sta stra szy śli ta te to tra tu u wa we
wi wie wo wy wzy za ze zi zna żą że ży
"""
SYLLABLES = STOCK.split()


def load(comments: int, waiting: int = 0) -> None:
    """`comments` of them, 500 meetings, and, where there is room for it, one topic with 10,000 threads.

    `waiting` comments more are held, with a case each.
    """
    random.seed(2017)
    with transaction.atomic():
        people = _load_people()
        topics = _load_topics(comments, people["category"])
        meetings = _load_meetings(topics, people)
        for topic, size in topics:
            _load_talk(topic, size, people)
        load_promises(meetings, people["institutions"], (_sentences(8) for _ in itertools.count()))
        load_large_meeting([meeting for meeting in meetings if meeting.closed_at][-1])  # town.MEETING_SLUG
        load_cases([held(_comment(topics[n % len(topics)][0], n, people)) for n in range(2, waiting + 2)])
        Topic.objects.bulk_update([topic for topic, _size in topics], COUNTERS, batch_size=200)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


COUNTERS = ["thread_count", "comment_count", "official_count", "last_comment_at", "active_at", "pinned"]


def _sentences(words: int) -> str:
    return " ".join(_word() for _ in range(words)).capitalize() + "."


def _word() -> str:
    return "".join(random.choices(SYLLABLES, k=random.randint(1, 4)))


def _load_people() -> dict[str, Any]:
    now = timezone.now()
    institutions = Institution.objects.bulk_create(
        Institution(name=f"Instytucja {n}", slug=f"instytucja-{n}", published_at=now) for n in range(INSTITUTIONS)
    )
    officials = Official.objects.bulk_create(
        Official(first_names="Osoba", last_name=f"Numer {n}", slug=f"osoba-{n}", published_at=now)
        for n in range(OFFICIALS)
    )
    appointments = Appointment.objects.bulk_create(
        Appointment(official=official, institution=institutions[n % INSTITUTIONS], post="Kierownik Wydziału")
        for n, official in enumerate(officials)
    )
    since = now - datetime.timedelta(days=500)
    joined = {"date_joined": since, "rules_version": CURRENT.name}
    residents = Resident.objects.bulk_create(
        Resident(email=f"osoba{n}@example.invalid", signature=f"Osoba {n}", password="!", **joined)
        for n in range(RESIDENTS)
    )
    password = make_password(PASSWORD)
    reader = Resident.objects.create(email=READER, signature="Czytelnik", password=password, **joined)
    moderator = Resident.objects.create(email=MODERATOR, signature="Moderator", password=password, is_staff=True)
    moderator.groups.add(make_role(Role.MODERATOR))
    EmailAddress.objects.bulk_create(
        EmailAddress(user=resident, email=resident.email, verified=True, primary=True)
        for resident in [reader, moderator, *residents[:ROBOTS]]
    )
    return {
        "institutions": institutions,
        "appointments": appointments,
        "residents": residents,
        "reader": reader,
        "category": Category.objects.create(name="Kategoria"),
        "estates": [Estate.objects.create(name=f"Osiedle {n}") for n in range(10)],
    }


def _load_topics(comments: int, category: Category) -> list[tuple[Topic, int]]:
    long_talk = LONG_TALK + LONG_TALK // REPLY_EVERY
    sizes = [long_talk] if comments > 2 * long_talk else []
    left = comments - sum(sizes)
    sizes += [TALK] * (left // TALK)
    now = timezone.now()
    topics = Topic.objects.bulk_create(
        Topic(
            title=_sentences(6)[:-1],
            slug=LONG_SLUG if n == 0 else f"temat-{n}",
            lead=_sentences(20),
            body=f"<p>{_sentences(60)}</p>",
            category=category,
            state=Topic.State.OPEN,
            published_at=now - datetime.timedelta(days=400),
            active_at=now - datetime.timedelta(days=400),
        )
        for n in range(len(sizes))
    )
    through = Topic.estates.through
    estates = list(Estate.objects.all())
    through.objects.bulk_create(
        through(topic=topic, estate=estates[n % len(estates)]) for n, topic in enumerate(topics)
    )
    return list(zip(topics, sizes, strict=True))


def _load_talk(topic: Topic, size: int, people: dict[str, Any]) -> None:
    """Threads in their order, then a reply to every fifth; the reader wrote the first two and may write freely.

    So may the accounts of the robots, which wrote one comment in each talk.
    """
    threads = size * REPLY_EVERY // (REPLY_EVERY + 1)
    written = []
    for start in range(0, threads, BATCH):
        rows = [_comment(topic, n, people) for n in range(start, min(start + BATCH, threads))]
        written += Comment.objects.bulk_create(rows)
    replies = [_comment(topic, 0, people, parent) for parent in written if parent.reply_count]
    Comment.objects.bulk_create(replies[: size - threads], batch_size=BATCH)
    load_questions(written, people["institutions"])
    load_supports(written, people["residents"])
    topic.thread_count, topic.comment_count = threads, len(written) + len(replies)
    topic.official_count = sum(comment.is_official for comment in written + replies)
    topic.last_comment_at = topic.active_at = max(comment.published_at for comment in written + replies)
    topic.pinned = next(comment for comment in written if comment.is_official)


def _comment(topic: Topic, index: int, people: dict[str, Any], parent: Comment | None = None) -> Comment:
    """As topics.discussion and Comment.save leave it."""
    is_official = parent is None and index % OFFICIAL_EVERY == OFFICIAL_EVERY // 2
    appointment = people["appointments"][index % OFFICIALS] if is_official else None
    text, html = next(TEXTS)
    written_at = topic.published_at + datetime.timedelta(minutes=10 + 30 * (parent.position if parent else index))
    return Comment(
        topic=topic,
        parent=parent,
        author=_author(index, people) if parent is None else random.choice(people["residents"]),
        author_name="Osoba Numer 1" if is_official else f"Osoba {index % RESIDENTS}",
        appointment=appointment,
        voice=f"{appointment.post}, {appointment.institution.name}" if appointment else "",
        text=text,
        html=html,
        state=Comment.State.PUBLISHED,
        submission=uuid.UUID(int=random.getrandbits(128), version=4),
        position=1 if parent else index + 1,
        reply_count=1 if parent is None and index % REPLY_EVERY == 0 else 0,
        created_at=written_at,
        published_at=written_at,
        **(kind_and_supporters(index) if parent is None else {}),
    )


def _author(index: int, people: dict[str, Any]) -> Resident:
    """The reader, each of the robots, and then whoever it may be."""
    if index < 2:
        return people["reader"]
    return people["residents"][index - 2] if index < 2 + ROBOTS else random.choice(people["residents"])


def _texts() -> Iterator[tuple[str, str]]:
    """Of 10 to 90 words in one to three paragraphs, with their HTML; made once, used in turn."""
    texts = ["\n\n".join(_sentences(random.randint(10, 30)) for _ in range(random.randint(1, 3))) for _ in range(997)]
    return itertools.cycle([(text, plain_to_html(text)) for text in texts])


TEXTS = _texts()


def _load_meetings(topics: list[tuple[Topic, int]], people: dict[str, Any]) -> list[Meeting]:
    today, now = timezone.localdate(), timezone.now()
    forum = Forum.objects.create(name="Forum pomiaru")
    meetings = Meeting.objects.bulk_create(
        Meeting(
            forum=forum,
            number=n,
            title=_sentences(5)[:-1],
            slug=f"spotkanie-{n}",
            date=(date := today + datetime.timedelta(days=7 * (n - 480))),
            last_day=date,
            starts=datetime.time(17, 0),
            place="Szkoła Podstawowa",
            lead=_sentences(20),
            report="".join(f"<p>{_sentences(50)}</p>" for _ in range(4)),
            state=Meeting.State.HELD if n < 480 else Meeting.State.ANNOUNCED,
            published_at=now,
            held_at=now if n < 480 else None,
            closed_at=now - datetime.timedelta(days=7 * (480 - n)) if n < 480 else None,
        )
        for n in range(1, MEETINGS + 1)
    )
    Organiser.objects.bulk_create(
        Organiser(meeting=meeting, institution=people["institutions"][0]) for meeting in meetings
    )
    AgendaItem.objects.bulk_create(_agenda(meetings, topics), batch_size=BATCH)
    Presence.objects.bulk_create(_presences(meetings, people["appointments"], now), batch_size=BATCH)
    return meetings


def _agenda(meetings: list[Meeting], topics: list[tuple[Topic, int]]) -> Iterator[AgendaItem]:
    """A topic comes up at three meetings at most; the other items have a title of their own."""
    for n, position in itertools.product(range(MEETINGS), range(AGENDA)):
        times, index = divmod(n * AGENDA + position, len(topics))
        topic = topics[index][0] if times < TIMES_ON_AGENDA else None
        title = "" if topic else "Sprawy bieżące"
        yield AgendaItem(meeting=meetings[n], position=position, topic=topic, title=title, is_main=position == 0)


def _presences(meetings: list[Meeting], posts: list[Appointment], now: datetime.datetime) -> Iterator[Presence]:
    for n, position in itertools.product(range(MEETINGS), range(GUESTS)):
        post = posts[(n + position) % OFFICIALS]
        yield Presence(
            meeting=meetings[n],
            position=position,
            appointment=post,
            institution=post.institution,
            name_text=post.official.full_name,
            post_text=post.post,
            institution_text=post.institution.name,
            attendance=Presence.Attendance.PRESENT,
            frozen_at=now,
        )
