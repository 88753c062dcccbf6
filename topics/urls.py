from django.urls import path

from topics import feeds, views

app_name = "topics"
urlpatterns = [
    path("", views.topic_list, name="list"),
    path("rss/", feeds.topic_feed, name="feed"),
    path("<slug:slug>/", views.topic_detail, name="detail"),
    path("<slug:slug>/komentarz/", views.comment, name="comment"),
    path("<slug:slug>/komentarz/<int:pk>/odpowiedz/", views.reply, name="reply"),
    path("<slug:slug>/k/<int:pk>/", views.permalink, name="permalink"),
    path("<slug:slug>/watek/<int:pk>/", views.thread, name="thread"),
]
