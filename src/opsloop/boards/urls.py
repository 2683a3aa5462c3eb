"""Addresses of boards."""

from __future__ import annotations

from django.urls import path

from opsloop.boards.views import board, calendar, gantt, saved, sheet, workload

app_name = "boards"
urlpatterns = [
    path("tasks/board/", board.board, name="board"),
    path("tasks/board/<int:pk>/", board.move, name="move"),
    path("tasks/board/cards/", board.cards, name="cards"),
    path("tasks/board/limit/", board.limit, name="limit"),
    path("tasks/board/tasks/", board.add, name="add"),
    path("tasks/calendar/", calendar.calendar, name="calendar"),
    path("tasks/calendar/<int:pk>/", calendar.move, name="reschedule"),
    path("tasks/workload/", workload.workload, name="workload"),
    path("tasks/workload/<int:pk>/<str:first>/<str:last>/", workload.cell, name="workload_cell"),
    path("views/", saved.strip, name="views"),
    path("views/columns/", saved.columns, name="columns"),
    path("views/new/", saved.new, name="new_view"),
    path("views/<int:pk>/", saved.edit, name="edit_view"),
    path("views/<int:pk>/query/", saved.query, name="view_query"),
    path("views/<int:pk>/default/", saved.default, name="default_view"),
    path("views/<int:pk>/bin/", saved.bin_view, name="bin_view"),
    path("tasks/gantt/", gantt.gantt, name="gantt"),
    path("tasks/gantt/bars/", gantt.bars, name="gantt_bars"),
    path("tasks/gantt/moves/<int:pk>/", gantt.move, name="gantt_move"),
    path("tasks/gantt/baselines/", gantt.take_baseline, name="baselines"),
    path("tasks/gantt/baselines/<int:pk>/removal/", gantt.forget_baseline, name="baseline_removal"),
    path("tasks/sheet/", sheet.sheet, name="sheet"),
    path("tasks/sheet/rows/", sheet.rows, name="sheet_rows"),
    path("tasks/sheet/cells/", sheet.cells, name="sheet_cells"),
]
