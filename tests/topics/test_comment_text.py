"""What becomes of the text that residents type."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from participants.prose import plain_to_html, tidy_plain

# Everything that can reach us, the troublesome more often than chance would have it.
TROUBLE = st.sampled_from(
    "\x00\t\r\n\u2028\u2029\u200b\u202e\u00ad\ufeff\u0301\u0316\u0e47e&<>\"' 😀\u200d"
) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "https://a.example/x?y=1&z=2",
        "https://a.example/\"onclick='x'",
        "javascript:x",
        "]]>",
    ]
)
TEXTS = st.lists(TROUBLE | st.text(max_size=5), max_size=40).map("".join)


class Outline(HTMLParser):
    """Fails where a tag other than ours, or one out of order, stands."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        assert tag in {"p", "br", "a"}
        assert [name for name, _ in attrs] == (["href", "rel"] if tag == "a" else [])
        if tag == "a":
            assert re.match(r"https?://", attrs[0][1], re.IGNORECASE)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert self.open
        self.text.append(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


@given(TEXTS)
@example("e\u200b\u0301")
@example("a\u2029\u2029\u2029b")
@example("\x00")
@example("a" + "\u0301\u0316" * 9)
def test_tidy_text_stays_as_it_is(text: str):
    tidy = tidy_plain(text)
    assert tidy_plain(tidy) == tidy
    assert not re.search("[\x00-\x09\x0b-\x1f\u200b\u202e\u2066\ufeff]", tidy)
    assert "\n\n\n" not in tidy
    assert tidy == tidy.strip()


@given(TEXTS)
def test_html_is_escaped_and_well_formed(text: str):
    outline = Outline()
    outline.feed(plain_to_html(text))
    outline.close()
    assert outline.open == []
    assert re.sub(r"\s", "", "".join(outline.text)) == re.sub(r"\s", "", tidy_plain(text))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\tb", "a b"),
        ("raz\r\ndwa\rtrzy\u2028cztery", "raz\ndwa\ntrzy\ncztery"),
        ("raz\n\n\n\n\ndwa", "raz\n\ndwa"),
        ("\u202eabc\u202c", "abc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("za\u0301mek", "zámek"),
        ("z\u0303\u0303\u0303\u0303!", "z\u0303\u0303\u0303\u0303!"),
        ("z" + "\u0303" * 10_000 + "!", "z\u0303\u0303\u0303\u0303!"),
        ("\u0301" * 9, "\u0301" * 4),
        ("z" + "\u0303\u200d" * 6 + "!", "z" + "\u0303\u200d" * 4 + "\u200d\u200d!"),
        ("\u0e01" + "\u0e47" * 50, "\u0e01" + "\u0e47" * 4),
        ("a\u20dd" * 9, "a\u20dd" * 9),
        ("ש\u05bc\u05c1\u05b8\u0591", "ש\u05b8\u05bc\u05c1\u0591"),
        ("  \n koniec \n ", "koniec"),
    ],
)
def test_invisible_characters_go_and_words_stay(typed: str, kept: str):
    assert tidy_plain(typed) == kept


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("raz\n\ndwa\ntrzy", "<p>raz</p><p>dwa<br>trzy</p>"),
        ('1 < 2 & "x"', "<p>1 &lt; 2 &amp; &quot;x&quot;</p>"),
        (
            "Zob. https://a.example/x, proszę.",
            '<p>Zob. <a href="https://a.example/x" rel="nofollow ugc noopener">https://a.example/x</a>, proszę.</p>',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("http://bez-kropki-nic", "<p>http://bez-kropki-nic</p>"),
    ],
)
def test_paragraphs_and_links(text: str, html: str):
    assert plain_to_html(text) == html
