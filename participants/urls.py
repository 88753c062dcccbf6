from django.urls import path

from participants import views

app_name = "participants"
urlpatterns = [
    path("instytucje/", views.institution_list, name="institution_list"),
    path("instytucje/<slug:slug>/", views.institution, name="institution"),
    path("osoby/<slug:slug>/", views.official, name="official"),
]
