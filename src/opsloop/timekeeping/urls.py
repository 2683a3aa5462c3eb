"""Addresses of hours."""

from __future__ import annotations

from django.urls import path

from opsloop.timekeeping.views import days, estimates, report, task_panel, timer, weeks

app_name = "timekeeping"
urlpatterns = [
    path("timer/", timer.timer, name="timer"),
    path("timer/stop/", timer.stop, name="timer_stop"),
    path("timer/removal/", timer.removal, name="timer_removal"),
    path("timer/correction/", timer.correction, name="timer_correction"),
    path("timer/idle/", timer.idle, name="timer_idle"),
    path("timer/choices/", timer.choices, name="timer_choices"),
    path("tasks/<int:task_pk>/hours/", task_panel.task_hours, name="task_hours"),
    path("estimates/advice/", estimates.advice, name="advice"),
    path("estimates/reserve/", estimates.reserve, name="reserve"),
    path("tasks/<int:pk>/advice/", estimates.task_advice, name="task_advice"),
    path("hours/", days.day, name="day"),
    path("hours/entries/", days.entries, name="entries"),
    path("hours/filling/", days.filling, name="filling"),
    path("hours/<int:pk>/", days.entry, name="entry"),
    path("hours/<int:pk>/division/", days.division, name="division"),
    path("people/<int:person_pk>/hours/", days.day, name="person_day"),
    path("people/<int:person_pk>/hours/<str:week>/", weeks.week, name="person_week"),
    path("hours/team/", weeks.team, name="team"),
    path("timesheets/<int:pk>/", weeks.sheet, name="sheet"),
    path("timesheets/<int:pk>/taking-back/", weeks.taking_back, name="taking_back"),
    path("timesheets/<int:pk>/approval/", weeks.approval, name="approval"),
    path("timesheets/<int:pk>/history/", weeks.history, name="history"),
    path("timesheets/<int:pk>/return/", weeks.returning, name="returning"),
    path("hours/quadrants/", task_panel.quadrant_shares, name="quadrant_shares"),
    path("hours/report/", report.table, name="report"),
    path("hours/report/out/<str:kind>/", report.report_out, name="report_out"),
    path("hours/report/entries/", report.entries, name="report_entries"),
    path("hours/report/entries/out/<str:kind>/", report.entries_out, name="report_entries_out"),
    path("hours/<int:pk>/removal/", task_panel.removal, name="removal"),
    path("hours/<str:week>/", weeks.week, name="week"),
    path("hours/<str:week>/cells/", weeks.cell, name="cell"),
    path("hours/<str:week>/handing-in/", weeks.handing_in, name="handing_in"),
]
