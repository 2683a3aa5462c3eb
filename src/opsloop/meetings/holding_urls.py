"""Addresses of a meeting while it is held and after it; part of `urls`."""

from __future__ import annotations

from django.urls import path

from opsloop.meetings.views import decisions, items, load, minutes, running, signing

urlpatterns = [
    path("meetings/sign-in/", signing.entry, name="sign_in"),
    path("meetings/<int:pk>/presence/", signing.presence, name="presence"),
    path("meetings/<int:pk>/presence/all/", signing.all_there, name="all_there"),
    path("meetings/<int:pk>/presence/<int:person>/", signing.tick, name="tick"),
    path("meetings/<int:pk>/run/", running.run, name="run"),
    path("meetings/<int:pk>/beginning/", running.beginning, name="beginning"),
    path("meetings/<int:pk>/ending/", running.ending, name="ending"),
    path("meetings/<int:pk>/holding/", running.holding, name="holding"),
    path("meetings/topics/<int:pk>/minutes/", running.topic, name="topic_minutes"),
    path("meetings/topics/<int:pk>/start/", running.start, name="topic_start"),
    path("meetings/topics/<int:pk>/pause/", running.pause, name="topic_pause"),
    path("meetings/topics/<int:pk>/end/", running.topic_end, name="topic_end"),
    path("meetings/topics/<int:pk>/lines/", running.lines, name="lines"),
    path("meetings/<int:pk>/minutes/", minutes.minutes, name="minutes"),
    path("meetings/<int:pk>/minutes/remarks/", running.remarks, name="remarks"),
    path("meetings/<int:pk>/minutes/handing-over/", minutes.handing_over, name="handing_over"),
    path("meetings/<int:pk>/minutes/return/", minutes.return_, name="minutes_return"),
    path("meetings/<int:pk>/minutes/sending/", minutes.sending, name="minutes_sending"),
    path("meetings/<int:pk>/minutes/correction/", minutes.correction, name="minutes_correction"),
    path("meetings/<int:pk>/minutes/file/", minutes.file, name="minutes_file"),
    path("meetings/<int:pk>/minutes/<int:number>/", minutes.edition, name="edition"),
    path("meetings/items/", items.items, name="items"),
    path("meetings/items/<int:pk>/", items.item, name="item"),
    path("meetings/items/<int:pk>/change/", items.change, name="item_change"),
    path("meetings/items/<int:pk>/removal/", items.removal, name="item_removal"),
    path("meetings/items/<int:pk>/confirmation/", items.confirmation, name="confirmation"),
    path("meetings/items/<int:pk>/dispute/", items.dispute, name="dispute"),
    path("meetings/items/<int:pk>/giving-up/", items.giving_up, name="giving_up"),
    path("meetings/decisions/", decisions.decisions, name="decisions"),
    path("meetings/decisions/<int:pk>/", items.decision_text, name="decision"),
    path("meetings/decisions/<int:pk>/replacement/", decisions.replacement, name="replacement"),
    path("meetings/decisions/<slug:kind>/", decisions.decisions_out, name="decisions_out"),
    path("meetings/load/", load.load, name="load"),
    path("meetings/load/<int:pk>/", load.person_load, name="person_load"),
    path("meetings/load/organiser/<int:pk>/", load.organiser_load, name="organiser_load"),
]
