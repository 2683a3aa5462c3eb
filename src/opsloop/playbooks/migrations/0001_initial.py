import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Playbook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("project", "Project"), ("task", "Task")],
                        default="project",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="template")),
                ("description", models.TextField(blank=True, default="", verbose_name="what it is for")),
                (
                    "sharing",
                    models.CharField(
                        choices=[
                            ("private", "Only me"),
                            ("department", "The department"),
                            ("everybody", "Everybody"),
                        ],
                        default="department",
                        max_length=10,
                        verbose_name="who may use it",
                    ),
                ),
                ("suggestion", models.CharField(blank=True, default="", editable=False, max_length=40)),
                ("created_at", models.DateTimeField(editable=False)),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                (
                    "archived_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.department",
                        verbose_name="department",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "name", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="playbook_binned",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("archived_by__isnull", True), ("archived_at__isnull", False), _connector="OR"
                        ),
                        name="playbook_archived_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_by__isnull", True), ("deleted_at__isnull", False), _connector="OR"
                        ),
                        name="playbook_deleted_pair",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaybookRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="role")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="playbooks.playbook",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("playbook", "name"), name="playbook_role_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaybookNode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120, verbose_name="key node")),
                ("output", models.CharField(blank=True, default="", max_length=200, verbose_name="output")),
                ("limit_hours", models.PositiveSmallIntegerField(default=24)),
                ("offset_days", models.PositiveSmallIntegerField(default=0)),
                ("follows", models.BooleanField(default=False)),
                (
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="nodes",
                        to="playbooks.playbook",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="playbooks.playbookrole",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="PlaybookStart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("people", models.JSONField(default=dict)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="playbooks.playbook"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "playbook", "-id"], name="playbook_start_last")],
            },
        ),
        migrations.CreateModel(
            name="PlaybookStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("title", models.CharField(max_length=200, verbose_name="step")),
                (
                    "deliverable",
                    models.TextField(blank=True, default="", verbose_name="deliverable standard"),
                ),
                ("offset_days", models.PositiveSmallIntegerField(default=0)),
                ("duration_days", models.PositiveSmallIntegerField(default=1)),
                ("from_due", models.BooleanField(default=False)),
                ("estimate_minutes", models.PositiveIntegerField(null=True, verbose_name="estimate")),
                ("importance", models.PositiveSmallIntegerField(default=3, verbose_name="goal relevance")),
                (
                    "urgency",
                    models.CharField(
                        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                        default="medium",
                        max_length=6,
                        verbose_name="urgency",
                    ),
                ),
                (
                    "category",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="category"),
                ),
                ("tags", models.JSONField(default=list, verbose_name="tags")),
                ("checklist", models.JSONField(default=list, verbose_name="checklist")),
                ("after", models.JSONField(default=list)),
                ("is_milestone", models.BooleanField(default=False, verbose_name="milestone")),
                (
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="playbooks.playbook",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="playbooks.playbookrole",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("playbook", "position"), name="playbook_step_place_once"),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 3)),
                        name="playbook_step_level_1_to_3",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("duration_days__gte", 1)), name="playbook_step_takes_a_day"
                    ),
                ],
            },
        ),
    ]
