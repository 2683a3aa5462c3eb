import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("work", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "layout",
                    models.CharField(
                        choices=[
                            ("list", "List"),
                            ("board", "Board"),
                            ("quadrants", "Quadrants"),
                            ("sheet", "Sheet"),
                            ("gantt", "Gantt"),
                            ("calendar", "Calendar"),
                            ("workload", "Workload"),
                        ],
                        default="list",
                        max_length=10,
                        verbose_name="layout",
                    ),
                ),
                ("query", models.TextField(blank=True, default="")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("own", "Only me"),
                            ("department", "A department"),
                            ("everybody", "Everybody"),
                        ],
                        default="own",
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("audience", "department"), _negated=True),
                            ("department__isnull", False),
                            _connector="OR",
                        ),
                        name="saved_view_of_a_department_names_it",
                    ),
                    models.UniqueConstraint(fields=("owner", "name"), name="saved_view_named_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Habit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "layout",
                    models.CharField(
                        choices=[
                            ("list", "List"),
                            ("board", "Board"),
                            ("quadrants", "Quadrants"),
                            ("sheet", "Sheet"),
                            ("gantt", "Gantt"),
                            ("calendar", "Calendar"),
                            ("workload", "Workload"),
                        ],
                        max_length=10,
                    ),
                ),
                ("columns", models.CharField(blank=True, default="", max_length=400)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="boards.savedview",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "layout"), name="habit_once_a_layout")
                ],
            },
        ),
        migrations.CreateModel(
            name="Baseline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("dates", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField(editable=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="work.project"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-taken_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="baseline_named_once")
                ],
            },
        ),
    ]
