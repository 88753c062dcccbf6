"""Where the pages of one's own account are found."""

from django.urls import reverse

HERE = reverse("my_account")


def test_page_names_the_account_and_leads_to_its_parts(as_user, resident, django_assert_num_queries):
    client = as_user(resident)
    with django_assert_num_queries(2):  # the session, who it is
        page = client.get(HERE).content.decode()
    assert resident.email in page
    assert resident.signature in page
    for part in ("my_security", "my_letters", "my_data", "account_logout"):
        assert reverse(part) in page


def test_header_leads_there_for_whoever_is_signed_in(as_user, resident):
    link = f'href="{HERE}"'
    assert link in as_user(resident).get("/").content.decode()
    assert link not in as_user(None).get("/").content.decode()


def test_stranger_signs_in_first(client):
    assert client.get(HERE).url == f"{reverse('account_login')}?next={HERE}"


def test_page_only_shows(as_user, resident):
    assert as_user(resident).post(HERE).status_code == 405
