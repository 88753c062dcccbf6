from django.urls import path

from topics import feeds
from topics.views import reading, writing

app_name = "topics"
urlpatterns = [
    path("", reading.topic_list, name="list"),
    path("rss/", feeds.topic_feed, name="feed"),
    path("<slug:slug>/", reading.topic_detail, name="detail"),
    path("<slug:slug>/komentarz/", writing.comment, name="comment"),
    path("<slug:slug>/komentarz/<int:pk>/odpowiedz/", writing.reply, name="reply"),
    path("<slug:slug>/k/<int:pk>/", reading.permalink, name="permalink"),
    path("<slug:slug>/watek/<int:pk>/", reading.thread, name="thread"),
]
