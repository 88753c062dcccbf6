"""Reports of mail servers that a letter came back: read with mistrust, since anybody can send one."""

import io
import mailbox
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from participants.bounces import REASONS, lift
from participants.delivery_reports import MOST, MOST_PARTS, read_report, take_report
from participants.models import Letter, PausedAddress
from tests.participants.test_bounces import HANNA, write


def report(letter: Letter | None = None, **says: str) -> bytes:
    """A delivery report (RFC 3464) as Postfix writes it."""
    says = {
        "to": letter.to if letter else HANNA,
        "message_id": letter.message_id if letter else "<unknown@forum.example>",
        "action": "failed",
        "status": "5.1.1",
        "diagnostic": "smtp; 550 5.1.1 no such user",
        "original": "text/rfc822-headers",
        **says,
    }
    return (
        (
            "From: MAILER-DAEMON@b.example\nTo: forum@b.example\nMIME-Version: 1.0\nContent-Type: multipart/report;"
            ' report-type=delivery-status; boundary="x"\n\n--x\nContent-Type: text/plain\n\nSorry.\n'
            "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b.example\n\n"
            "Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {diagnostic}\n\n"
            "--x\nContent-Type: {original}\n\nSubject: Sprawa\nMessage-ID: {message_id}\n\n--x--\n"
        )
        .format(**says)
        .encode()
    )


def take(raw: bytes) -> bool:
    found = read_report(raw)
    return found is not None and take_report(found)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "says",
    [
        {},
        {"original": "message/rfc822"},
        {"to": f"<{HANNA.upper()}>"},
        {"status": "5.0.0"},
        {"diagnostic": "x-unix; no words"},
        {"status": "5.1.1 (bad destination)", "diagnostic": ""},
    ],
)
def test_report_about_our_letter_pauses_its_addressee(says):
    letter = write()
    assert take(report(letter, **says))
    assert PausedAddress.objects.get().email == HANNA
    letter.refresh_from_db()
    assert letter.returned_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "says",
    [
        {"message_id": "<unknown@forum.example>"},
        {"message_id": "x\x00y"},
        {"message_id": ""},
        {"to": "tomasz@poczta.example"},
        {"to": ""},
        {"action": "delayed"},
        {"action": "delivered"},
        {"status": "4.1.1"},
        {"status": "5.2.2", "diagnostic": "smtp; 552 5.2.2 full"},
        {"status": "5.7.1", "diagnostic": "smtp; 550 5.7.1 policy"},
        {"diagnostic": "smtp; 550 5.7.1 policy"},
        {"status": "5.0.0", "diagnostic": "smtp; 550 no such user"},
        {"original": "text/html"},
    ],
)
def test_report_that_is_forged_temporary_or_about_something_else_does_nothing(says):
    letter = write()
    assert not take(report(letter, **says))
    assert PausedAddress.objects.count() == 0
    letter.refresh_from_db()
    assert letter.returned_at is None


@pytest.mark.django_db
def test_report_read_again_changes_nothing_even_after_the_lift():
    raw = report(write())
    assert [take(raw), take(raw)] == [True, False]
    lift(HANNA)
    assert not take(raw)
    assert PausedAddress.objects.count() == 0


@pytest.mark.django_db
def test_report_names_many_and_costs_the_same(django_assert_num_queries):
    letter = write()
    others = "".join(f"Final-Recipient: rfc822; a{n}@b.example\nAction: failed\nStatus: 5.1.1\n\n" for n in range(500))
    raw = report(letter).replace(b"Final-Recipient", others.encode() + b"Final-Recipient")
    with django_assert_num_queries(10):  # three savepoints, begun and ended, among them
        assert take(raw)
    with django_assert_num_queries(3):
        assert not take(report())


NESTED = b'Content-Type: multipart/report; boundary="a"\n\n' + b"".join(
    b'--a\nContent-Type: multipart/mixed; boundary="%d"\n\n--%d\nContent-Type: message/rfc822\n\n' % (n, n)
    for n in range(3000)
)
BROKEN = [
    b"",
    b"\x00" * 10,
    b"\xff\xfe" * 1000,
    NESTED,
    b"Content-Type: multipart/report\n\n--x\n",
    b"Content-Type: multipart/report; boundary=x; a*=u'\xff'%zz\n\n--x\nContent-Type: message/delivery-status\n\n",
    report().replace(b"Sorry.", b"Sorry." * 400_000),
    report().replace(b"message/delivery-status\n", b"message/delivery-status\nContent-Transfer-Encoding: base64\n"),
    report().replace(b"Status: 5.1.1", b"Status: =?x?b?\xff?="),
    report().replace(b"Final-Recipient", b"\xc5\xbc: \xff\nFinal-Recipient"),
    report(message_id="<ż@b.example>"),
]


@pytest.mark.django_db
def test_report_of_more_parts_than_letters_have_is_not_taken_apart():
    raw, part = report(write()), b"--x\nContent-Type: text/plain\n\nx\n"
    assert read_report(raw.replace(b"--x--", part * (MOST_PARTS + 1) + b"--x--")) is None
    assert take(raw.replace(b"--x--", part + b"--x--"))


@pytest.mark.django_db
@pytest.mark.parametrize("raw", BROKEN, ids=range(len(BROKEN)))
def test_broken_reports_are_passed_over(raw):
    assert not take(raw)


@given(st.lists(st.sampled_from([*report().splitlines(keepends=True), b"\n", b"--x\n", b"\xff: \x00\n"]), max_size=60))
def test_lines_in_any_order_are_read_without_an_error(lines):
    found = read_report(b"".join(lines))
    assert found is None or set(found.refused.values()) <= set(REASONS)


@given(st.binary(max_size=400))
def test_any_bytes_inside_a_report_are_read_without_an_error(junk):
    assert read_report(report().replace(b"Status: 5.1.1", b"Status: " + junk)) is not None


def stdin(monkeypatch, raw: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))


@pytest.mark.django_db
def test_command_reads_a_pipe(monkeypatch, capsys):
    stdin(monkeypatch, report(write()))
    call_command("read_bounces")
    said = capsys.readouterr().out
    assert said == "Letters that came back for good: 1.\n"
    assert PausedAddress.objects.get().email == HANNA


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_command_reads_a_mailbox_and_leaves_what_people_wrote(tmp_path, kind, capsys):
    path = str(tmp_path / "box")
    box = mailbox.Maildir(path) if kind == "maildir" else mailbox.mbox(path)
    human = EmailMessage()
    human["Subject"] = "Dziękuję"
    human.set_content("Miły list.")
    for raw in (report(write()), human, NESTED, report(write("tomasz@poczta.example"))):
        box.add(raw)
    box.close()
    for said in ("2.", "0."):
        call_command("read_bounces", **{kind: path})
        assert capsys.readouterr().out.endswith(f"{said}\n")
    call_command("read_bounces", **{kind: path}, delete=True)
    box = mailbox.Maildir(path, create=False) if kind == "maildir" else mailbox.mbox(path, create=False)
    assert len(box) == 2
    box.close()
    assert PausedAddress.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_command_without_a_mailbox_says_so(tmp_path, kind):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("read_bounces", **{kind: str(tmp_path / "missing")})


@pytest.mark.django_db
def test_command_reads_no_more_of_a_pipe_than_it_looks_at(monkeypatch):
    raw = report(write()).replace(b"Sorry.", b"Sorry." * MOST)
    stdin(monkeypatch, raw)
    call_command("read_bounces")
    assert PausedAddress.objects.count() == 0
