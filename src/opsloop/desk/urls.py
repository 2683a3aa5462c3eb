"""Addresses of the mixed pages."""

from __future__ import annotations

from django.urls import path, re_path

from opsloop.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.today, name="today"),
    path("more/", views.more, name="more"),
    path("palette/", views.palette, name="palette"),
    path("search/", views.search, name="search"),
    path("quick-add/", views.quick_add, name="quick_add"),
    path("quick-add/preview/", views.quick_add_preview, name="quick_add_preview"),
    path("calendar/feed/<str:token>.ics", views.feed, name="feed"),
    path("bin/", views.recycle_bin, name="bin"),
    path("sample/", views.sample_page, name="sample"),
    path("sample/removal/", views.sample_removal, name="sample_removal"),
    re_path(
        r"^bin/(?P<kind>task|project|goal|node|risk|expense|update|playbook|communication)/(?P<pk>[0-9]{1,18})/restoration/$",
        views.restoration,
        name="restoration",
    ),
]
