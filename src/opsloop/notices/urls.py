"""Addresses of notices. What comes without a log-in stands under /notices/receipt/."""

from __future__ import annotations

from django.urls import path

from opsloop.notices.views import library, lists, reading, rules, steering, tasks, writing

app_name = "notices"
urlpatterns = [
    path("notices/", lists.notices, name="notices"),
    path("notices/strip/", lists.strip, name="strip"),
    path("notices/table/", lists.table, name="table"),
    path("notices/table/<slug:kind>/", lists.table_out, name="table_out"),
    path("notices/new/", writing.new, name="new"),
    path("notices/rules/", rules.rules, name="rules"),
    path("notices/templates/", library.templates, name="templates"),
    path("notices/templates/new/", library.new_template, name="new_template"),
    path("notices/templates/<int:pk>/", library.template, name="template"),
    path("notices/templates/<int:pk>/removal/", library.template_removal, name="template_removal"),
    path("notices/groups/", library.groups, name="groups"),
    path("notices/groups/new/", library.new_group, name="new_group"),
    path("notices/groups/<int:pk>/", library.group, name="group"),
    path("notices/groups/<int:pk>/removal/", library.group_removal, name="group_removal"),
    path("notices/receipt/<str:token>/", reading.door, name="door"),
    path("notices/questions/<int:pk>/answer/", reading.answer, name="answer"),
    path("notices/<int:pk>/", reading.notice, name="notice"),
    path("notices/<int:pk>/receipt/", reading.receipt, name="receipt"),
    path("notices/<int:pk>/seen/", reading.seen, name="seen"),
    path("notices/<int:pk>/questions/", reading.questions, name="questions"),
    path("notices/<int:pk>/tasks/", tasks.tasks, name="tasks"),
    path("notices/<int:pk>/edit/", writing.edit, name="edit"),
    path("notices/<int:pk>/count/", writing.count, name="count"),
    path("notices/<int:pk>/preview/", writing.preview, name="preview"),
    path("notices/<int:pk>/sending/", writing.sending, name="sending"),
    path("notices/<int:pk>/recall/", writing.recall, name="recall"),
    path("notices/<int:pk>/removal/", writing.removal, name="removal"),
    path("notices/<int:pk>/copy/", writing.copy, name="copy"),
    path("notices/<int:pk>/reminder/", steering.reminder, name="reminder"),
    path("notices/<int:pk>/correction/", steering.correction, name="correction"),
    path("notices/<int:pk>/withdrawal/", steering.withdrawal, name="withdrawal"),
    path("notices/<int:pk>/closure/", steering.closure, name="closure"),
    path("notices/<int:pk>/confirmations/", steering.confirmations, name="confirmations"),
    path("notices/<int:pk>/confirmations/<slug:kind>/", steering.confirmations_out, name="confirmations_out"),
]
