"""Addresses below /konto/bezpieczenstwo/. Some pages have two names: ours, and the one that allauth leads to."""

from django.contrib.auth.decorators import login_required
from django.urls import path, re_path

from participants import bounce_views
from participants import security_views as views
from participants.account_views import account_page

urlpatterns = [
    path("", views.security, name="my_security"),
    path("", views.security, name="mfa_index"),
    path("", views.security, name="mfa_list_webauthn"),
    path("panel/", views.second_factor_needed, name="second_factor_needed"),
    path("haslo/", login_required(account_page(views.ChangePasswordView.as_view())), name="account_change_password"),
    path("haslo/nowe/", login_required(account_page(views.SetPasswordView.as_view())), name="account_set_password"),
    path("urzadzenia/zakoncz/", views.end_other_sessions, name="end_other_sessions"),
    path("urzadzenia/<int:pk>/zakoncz/", views.end_session, name="end_session"),
    path("aplikacja/", login_required(account_page(views.ActivateAppView.as_view())), name="mfa_activate_totp"),
    path("aplikacja/kod.svg", views.app_picture, name="app_picture"),
    path("aplikacja/usun/", account_page(views.RemoveAppView.as_view()), name="mfa_deactivate_totp"),
    path("kody/", account_page(views.CodesView.as_view()), name="mfa_view_recovery_codes"),
    path("kody/nowe/", login_required(account_page(views.NewCodesView.as_view())), name="mfa_generate_recovery_codes"),
    path("klucz/", login_required(account_page(views.AddPasskeyView.as_view())), name="mfa_add_webauthn"),
    path(
        "klucz/<int:pk>/usun/",
        login_required(account_page(views.RemovePasskeyView.as_view())),
        name="mfa_remove_webauthn",
    ),
    path("klucz/zaloguj/", account_page(views.PasskeyView.as_view()), name="mfa_login_webauthn"),
    path("drugi-krok/", account_page(views.SecondFactorView.as_view()), name="mfa_authenticate"),
    path("potwierdz/", account_page(views.SecondFactorAgainView.as_view()), name="mfa_reauthenticate"),
    path("potwierdz/klucz/", account_page(views.PasskeyAgainView.as_view()), name="mfa_reauthenticate_webauthn"),
    path("adres/", views.change_address, name="change_address"),
    path("adres/zostaje/", views.keep_address, name="keep_address"),
    path("adres/sprawdz/", bounce_views.try_address, name="try_address"),
    path("adres/dziala/<str:key>/", bounce_views.address_works, name="address_works"),
    re_path(r"^adres/(?P<side>old|new)/(?P<key>[-.:\w]+)/$", views.agree_address, name="agree_address"),
]
