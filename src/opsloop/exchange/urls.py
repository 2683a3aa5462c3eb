"""Addresses of tables."""

from __future__ import annotations

from django.urls import path

from opsloop.exchange import views

app_name = "exchange"
urlpatterns = [
    path("tables/", views.tables, name="tables"),
    path("tables/plan/<slug:name>/", views.plan_table, name="plan_table"),
    path("tables/out/<slug:name>/", views.table, name="table"),
    path("tables/import/", views.bring, name="import"),
    path("tables/import/<int:pk>/", views.import_page, name="import_page"),
    path("tables/import/<int:pk>/mapping/", views.mapping, name="mapping"),
    path("tables/import/<int:pk>/application/", views.application, name="application"),
    path("tables/import/<int:pk>/reversal/", views.reversal, name="reversal"),
]
