"""Addresses of projects and of what stands around them."""

from __future__ import annotations

from django.urls import path

from opsloop.portfolio.views import budget, nodes, pages, risks, steering

app_name = "portfolio"
urlpatterns = [
    path("projects/", pages.projects, name="projects"),
    path("projects/<int:pk>/", pages.project, name="project"),
    path("projects/<int:pk>/history/", pages.project_history, name="project_history"),
    path("projects/<int:pk>/updates/", pages.updates, name="updates"),
    path("projects/<int:pk>/updates/new/", steering.new_update, name="new_update"),
    path("projects/<int:pk>/health/", steering.health, name="health"),
    path("projects/<int:pk>/stage/", steering.stage, name="stage"),
    path("projects/<int:pk>/closure/", steering.closure, name="closure"),
    path("projects/<int:pk>/nodes/new/", nodes.new_node, name="new_node"),
    path("nodes/<int:pk>/", nodes.node, name="node"),
    path("nodes/<int:pk>/reaching/", nodes.reaching, name="reaching"),
    path("projects/<int:pk>/risks/", risks.register, name="risks"),
    path("projects/<int:pk>/risks/new/", risks.new_risk, name="new_risk"),
    path("risks/<int:pk>/", risks.risk, name="risk"),
    path("projects/<int:pk>/people/", budget.people, name="people"),
    path("projects/<int:pk>/costs/", budget.costs, name="costs"),
    path("projects/<int:pk>/budget/", budget.plan, name="budget"),
    path("projects/<int:pk>/expenses/new/", budget.new_expense, name="new_expense"),
    path("expenses/<int:pk>/", budget.expense, name="expense"),
    path("around/<slug:kind>/<int:pk>/removal/", steering.removal, name="removal"),
]
