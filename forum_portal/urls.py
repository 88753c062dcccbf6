"""All addresses. Public words are Polish; an address, once public, never dies."""

from allauth.account import views as account
from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path, re_path

from forum_portal import health, my_account, views
from forum_portal.sitemaps import SITEMAPS, robots
from meetings.views.letters import my_letters
from meetings.views.registration import give_back
from participants import data_views
from participants.account_views import (
    ConfirmEmailView,
    PasswordResetView,
    SendLinkView,
    account_page,
    confirmed,
    my_profile,
)
from participants.code_views import CheckMailView, RequestCodeView, confirm_code
from participants.consent import accept_rules

account_urls = [
    path("", my_account.my_account, name="my_account"),
    path("komentarze/", my_account.my_comments, name="my_comments"),
    path("pytania/", my_account.my_questions, name="my_questions"),
    path("zapisy/<int:pk>/zrezygnuj/", give_back, name="give_back"),
    path("zgoda/", accept_rules, name="accept_rules"),
    path("profil/", my_profile, name="my_profile"),
    path("powiadomienia/", my_letters, name="my_letters"),
    path("dane/", data_views.my_data, name="my_data"),
    path("dane/plik/", data_views.my_data_file, name="my_data_file"),
    path("odejdz/", data_views.leave, name="leave"),
    path("zamkniete/", data_views.left, name="left"),
    path("zostaje/<str:key>/", data_views.come_back_page, name="come_back"),
    path("bezpieczenstwo/", include("participants.security_urls")),
    path("zaloguj/kod/", account_page(RequestCodeView.as_view()), name="account_request_login_code"),
    path("zaloguj/kod/wpisz/", account_page(confirm_code), name="account_confirm_login_code"),
    path("zaloguj/", account_page(account.login), name="account_login"),
    path("wyloguj/", account_page(account.logout), name="account_logout"),
    path("zaloz/", account_page(account.signup), name="account_signup"),
    path("nieaktywne/", account_page(account.account_inactive), name="account_inactive"),
    path("sprawdz-poczte/", account_page(CheckMailView.as_view()), name="account_email_verification_sent"),
    path("nowy-link/", account_page(SendLinkView.as_view()), name="account_send_link"),
    re_path(r"^potwierdz/(?P<key>[-:\w]+)/$", account_page(ConfirmEmailView.as_view()), name="account_confirm_email"),
    path("dziala/", confirmed, name="account_confirmed"),
    path("haslo/reset/", account_page(PasswordResetView.as_view()), name="account_reset_password"),
    path("haslo/reset/wyslane/", account_page(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^haslo/nowe/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_page(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("haslo/zmienione/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("haslo/potwierdz/", account_page(account.reauthenticate), name="account_reauthenticate"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("o-forum/", views.about, name="about"),
    path("zasady/", views.rules, name="rules"),
    path("prywatnosc/", views.privacy, name="privacy"),
    path("prywatnosc/klauzula/", views.clause, name="clause"),
    path("deklaracja-dostepnosci/", views.accessibility, name="accessibility"),
    path("wyglad/", views.set_theme, name="set_theme"),
    path("jezyk/", views.set_language, name="set_language"),
    path("zdrowie/zyje/", health.alive, name="alive"),
    path("zdrowie/gotowe/", health.ready, name="ready"),
    path("sitemap.xml", index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"}, name="sitemap"),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap_section"),
    path("robots.txt", robots, name="robots"),
    path("konto/", include(account_urls)),
    path("", include("meetings.urls")),
    path("", include("topics.urls")),
    path("", include("participants.urls")),
    path("panel/", admin.site.urls),
]

handler400 = "forum_portal.views.bad_request"
handler403 = "forum_portal.views.permission_denied"
handler404 = "forum_portal.views.page_not_found"
handler500 = "forum_portal.views.server_error"
