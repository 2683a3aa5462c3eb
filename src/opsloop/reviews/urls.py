"""Addresses of reviews. `name` is a period (2026-11, 2026-Q4); `whose` is "me" or the key of a department."""

from __future__ import annotations

from django.urls import path

from opsloop.reviews.views import causes, files, pages

app_name = "reviews"
urlpatterns = [
    path("reviews/", pages.reviews, name="reviews"),
    path("reviews/<int:pk>/", files.sheet, name="sheet"),
    path("reviews/<int:pk>/file/", files.file, name="file"),
    path("reviews/<int:pk>/withdrawal/", pages.withdrawal, name="withdrawal"),
    path("reviews/causes/<int:pk>/removal/", causes.removal, name="removal"),
    path("reviews/<str:name>/<str:whose>/", pages.review, name="review"),
    path("reviews/<str:name>/<str:whose>/facts/", pages.facts, name="facts"),
    path("reviews/<str:name>/<str:whose>/submission/", pages.submission, name="submission"),
    path("reviews/<str:name>/<str:whose>/causes/", causes.causes, name="causes"),
    path("reviews/<str:name>/<str:whose>/measures/", causes.measure, name="measure"),
]
