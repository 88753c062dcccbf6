from django.urls import include, path, register_converter

from meetings import feeds
from meetings.views import (
    asking,
    calendar,
    files,
    follow_ups,
    following,
    minutes,
    printing,
    promises,
    reading,
    registration,
    surveys,
)


class YearConverter:
    """Four digits that Python's calendar knows as a year."""

    regex = "(?!0000)[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


register_converter(YearConverter, "year")

app_name = "meetings"
meeting_patterns = [
    path("", reading.meeting_list, name="list"),
    path("rss/", feeds.meeting_feed, name="feed"),
    path("dokument/<int:pk>/<str:name>", files.document, name="document"),
    path("zdjecie/<int:pk>/<str:name>", files.photo, name="photo"),
    path("pytanie/<str:token>/", asking.confirm_question, name="confirm_question"),
    path("zapis/<str:token>/", registration.registration, name="registration"),
    path("protokol/<str:token>/", minutes.minutes_part, name="minutes_part"),
    path("<year:year>/", reading.year_list, name="year"),
    path("<year:year>/<slug:slug>/", reading.detail, name="detail"),
    path("<year:year>/<slug:slug>/ankieta/", surveys.survey, name="survey"),
    path("<year:year>/<slug:slug>/ankieta/wyslana/", surveys.sent, name="survey_sent"),
    path("<year:year>/<slug:slug>/ankieta/wyniki/", surveys.results, name="survey_results"),
    path("<year:year>/<slug:slug>/zapis/", registration.signup, name="signup"),
    path("<year:year>/<slug:slug>/zapis/wyslane/", registration.sent, name="signup_sent"),
    path("kalendarz.ics", calendar.feed, name="calendar_feed"),
    path("<year:year>/<slug:slug>/kalendarz.ics", calendar.entry, name="calendar"),
    path("<year:year>/<slug:slug>/plakat.pdf", printing.poster, name="poster"),
    path("<year:year>/<slug:slug>/obietnice.pdf", printing.poster_after, name="poster_after"),
    path("<year:year>/<slug:slug>/relacja.pdf", printing.report, name="report_pdf"),
    path("<year:year>/<slug:slug>/pytanie/", asking.ask, name="ask"),
    path("<year:year>/<slug:slug>/pytanie/wyslane/", asking.sent, name="question_sent"),
]
promise_patterns = [
    path("", promises.board, name="commitments"),
    path("rss/", feeds.entry_feed, name="entry_feed"),
    path("zdjecie/<int:pk>/<str:name>", files.entry_photo, name="entry_photo"),
    path("lepiej/<str:token>/", follow_ups.follow_up, name="follow_up"),
    path("<int:pk>/", promises.story, name="commitment"),
]
letter_patterns = [
    path("obserwuj/", following.follow_or_stop, name="follow"),
    path("obserwowane/<str:token>/", following.stop_following, name="stop_following"),
    path("wypisz/odpowiedzi/<str:token>/", following.no_replies, name="no_replies"),
    path("wypisz/<str:token>/", following.unsubscribe, name="unsubscribe"),
]
urlpatterns = [
    path("konto/", include(letter_patterns)),
    path("spotkania/", include(meeting_patterns)),
    path("obietnice/", include(promise_patterns)),
]
