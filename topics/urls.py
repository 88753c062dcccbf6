from django.urls import path

from topics import feeds
from topics.views import comments, decisions, figures, questions, reading, reports, telling, writing

app_name = "topics"
urlpatterns = [
    path("tematy/", reading.topic_list, name="list"),
    path("tematy/rss/", feeds.topic_feed, name="feed"),
    path("tematy/<slug:slug>/", reading.topic_detail, name="detail"),
    path("tematy/<slug:slug>/komentarz/", writing.comment, name="comment"),
    path("tematy/<slug:slug>/komentarz/<int:pk>/odpowiedz/", writing.reply, name="reply"),
    path("tematy/<slug:slug>/k/<int:pk>/", reading.permalink, name="permalink"),
    path("tematy/<slug:slug>/k/<int:pk>/popieram/", comments.support_comment, name="support"),
    path("tematy/<slug:slug>/k/<int:pk>/popraw/", comments.edit_comment, name="edit"),
    path("tematy/<slug:slug>/k/<int:pk>/dopisz/", comments.add_to_comment, name="add"),
    path("tematy/<slug:slug>/k/<int:pk>/usun/", comments.withdraw_comment, name="withdraw"),
    path("tematy/<slug:slug>/k/<int:pk>/wersje/", comments.versions, name="versions"),
    path("tematy/<slug:slug>/watek/<int:pk>/", reading.thread, name="thread"),
    path("pytania/", questions.question_list, name="questions"),
    path("pytania/<int:number>/", questions.question, name="question"),
    path("pytania/<int:number>/kod.svg", questions.code, name="question_code"),
    path("pytania/<int:number>/cisza/<str:token>/", telling.mute, name="mute"),
    path("tematy/<slug:slug>/k/<int:pk>/zglos/", reports.report_comment, name="report"),
    path("tematy/<slug:slug>/k/<int:pk>/zglos/przyjete/", reports.reported, name="reported"),
    path("moderacja/", figures.figures, name="figures"),
    path("decyzje/<str:token>/", decisions.statement, name="statement"),
    path("decyzje/komentarz/<int:pk>/", decisions.my_statement, name="my_statement"),
]
