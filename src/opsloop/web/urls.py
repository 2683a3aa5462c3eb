from __future__ import annotations

from django.urls import path

from opsloop.web import offline, views

app_name = "web"
urlpatterns = [
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("service-worker.js", offline.service_worker, name="service_worker"),
    path("offline/", offline.offline, name="offline"),
    path("preferences/", views.preferences, name="preferences"),
    path("style/", views.style, name="style"),
    path("style/drawer/", views.style_drawer, name="style_drawer"),
    path("style/toast/", views.style_toast, name="style_toast"),
]
