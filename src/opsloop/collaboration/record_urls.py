"""Addresses of request forms, the intake queue, records of talks, and figures; `urls.py` takes them in."""

from __future__ import annotations

from django.urls import path

from opsloop.collaboration.views import builder, figures, intake, talks

urlpatterns = [
    path("request-forms/", builder.request_forms, name="request_forms"),
    path("request-forms/of/<int:department>/new/", builder.new_form, name="new_form"),
    path("request-forms/<int:pk>/", builder.request_form, name="request_form"),
    path("request-forms/<int:pk>/edit/", builder.form_head, name="form_head"),
    path("request-forms/<int:pk>/removal/", builder.form_removal, name="form_removal"),
    path("request-forms/<int:pk>/questions/new/", builder.new_question, name="new_question"),
    path("request-forms/<int:pk>/questions/<int:question>/", builder.question, name="question"),
    path(
        "request-forms/<int:pk>/questions/<int:question>/place/",
        builder.question_place,
        name="question_place",
    ),
    path(
        "request-forms/<int:pk>/questions/<int:question>/removal/",
        builder.question_removal,
        name="question_removal",
    ),
    path("request-forms/<int:pk>/routes/", builder.routes, name="routes"),
    path("request-forms/<int:pk>/routes/<int:place>/removal/", builder.route_removal, name="route_removal"),
    path("communication/", talks.records, name="records"),
    path("communication/new/", talks.new, name="new_record"),
    path("communication/of/<int:pk>/", talks.records_of, name="records_of"),
    path("communication/table/<slug:kind>/", talks.table_out, name="records_out"),
    path("communication/<int:pk>/", talks.record, name="record"),
    path("communication/<int:pk>/edit/", talks.edit, name="edit_record"),
    path("communication/<int:pk>/follow-up/", talks.follow_up, name="follow_up"),
    path("communication/<int:pk>/removal/", talks.removal, name="record_removal"),
    path("communication/<int:pk>/file/", talks.file, name="record_file"),
    path("intake/", intake.intake, name="intake"),
    path("intake/people/", intake.people, name="intake_people"),
    path("intake/handing-out/", intake.handing_out, name="handing_out"),
    path("intake/strip/", intake.strip, name="intake_strip"),
    path("between-departments/", figures.figures, name="figures"),
    path("between-departments/rows/<slug:code>/", figures.rows, name="figure_rows"),
    path("between-departments/table/<slug:kind>/", figures.figures_out, name="figures_out"),
]
