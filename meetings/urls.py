from django.urls import path, register_converter

from meetings import feeds
from meetings.views import files, minutes, reading


class YearConverter:
    """Four digits that Python's calendar knows as a year."""

    regex = "(?!0000)[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


register_converter(YearConverter, "year")

app_name = "meetings"
urlpatterns = [
    path("", reading.meeting_list, name="list"),
    path("rss/", feeds.meeting_feed, name="feed"),
    path("dokument/<int:pk>/<str:name>", files.document, name="document"),
    path("zdjecie/<int:pk>/<str:name>", files.photo, name="photo"),
    path("protokol/<str:token>/", minutes.minutes_part, name="minutes_part"),
    path("<year:year>/", reading.year_list, name="year"),
    path("<year:year>/<slug:slug>/", reading.detail, name="detail"),
]
