"""Where a form or a link may lead back to: pages of this site, and nothing that only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participants.ways_back import LONGEST, is_local, local_or

HERE = ["/", "/tematy/patrole/?strona=2#k-7", "/spotkania/2026/zażółć/", "/?next=//obcy.example"]
ELSEWHERE = ["", "tematy/", "//obcy.example/", "/\\obcy.example", "///obcy.example", "https://obcy.example/"]
ELSEWHERE += ["javascript:alert(1)", "/\t/obcy.example", "/\n/obcy.example", "/tematy/\r\nX: y", "/\u202e/obcy"]
ELSEWHERE += ["//", "/\\", "/\x00"]


@pytest.mark.parametrize("address", HERE)
def test_page_of_this_site_is_followed(address):
    assert local_or(address, "/konto/") == address


@pytest.mark.parametrize("address", [*ELSEWHERE, "/" + "a" * LONGEST])
def test_everything_else_is_not(address):
    assert local_or(address, "/konto/") == "/konto/"


@given(st.text(max_size=40))
def test_no_text_leads_to_another_host(typed):
    assert not is_local("//" + typed)
    assert not is_local("/\\" + typed)
