import pytest

from tests.site.inline import inline_code


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<script type='module'>import 'x'</script>",
        "<style>p{color:red}</style>",
        "<p style='color:red'>",
        "<svg><path style='fill:red'/></svg>",
        "<button onclick='x()'>",
        "<a href='JavaScript:x()'>",
        "<img src='data:image/gif;base64,xx'>",
        "<script src='https://cdn.example/x.js'></script>",
        "<link rel='stylesheet' href='//cdn.example/x.css'>",
    ],
)
def test_scanner_finds_what_the_policy_refuses(html: str):
    assert inline_code(f"<main>{html}</main>")


def test_scanner_accepts_our_own_files_and_words_about_styles():
    html = "<script src='/static/x.js' defer></script><a href='https://uodo.gov.pl/'>on style= and onclick=</a>"
    assert inline_code(html) == []
