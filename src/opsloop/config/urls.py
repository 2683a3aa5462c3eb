"""The root URL table: one line a package."""

from __future__ import annotations

from django.urls import include, path

from opsloop.config.health import healthz, healthz_jobs

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("healthz/jobs", healthz_jobs, name="healthz_jobs"),
    path("", include("opsloop.desk.urls")),
    path("", include("opsloop.team.urls")),
    path("", include("opsloop.progress.urls")),
    path("", include("opsloop.rituals.urls")),
    path("", include("opsloop.dashboards.urls")),
    path("", include("opsloop.reviews.urls")),
    path("", include("opsloop.reports.urls")),
    path("", include("opsloop.knowledge.urls")),
    path("", include("opsloop.notices.urls")),
    path("", include("opsloop.collaboration.urls")),
    path("", include("opsloop.meetings.urls")),
    path("", include("opsloop.boards.urls")),
    path("", include("opsloop.portfolio.urls")),
    path("", include("opsloop.playbooks.urls")),
    path("", include("opsloop.channels.urls")),
    path("", include("opsloop.inbox.urls")),
    path("", include("opsloop.discussion.urls")),
    path("", include("opsloop.work.urls")),
    path("", include("opsloop.goals.urls")),
    path("", include("opsloop.planning.urls")),
    path("", include("opsloop.calendars.urls")),
    path("", include("opsloop.timekeeping.urls")),
    path("", include("opsloop.exchange.urls")),
    path("", include("opsloop.organisation.urls")),
    path("", include("opsloop.activity.urls")),
    path("", include("opsloop.background.urls")),
    path("", include("opsloop.web.urls")),
    path("accounts/", include("allauth.urls")),
]
handler400 = "opsloop.web.errors.bad_request"
handler403 = "opsloop.web.errors.forbidden"
handler404 = "opsloop.web.errors.not_found"
handler500 = "opsloop.web.errors.server_error"
