import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels", "0001_initial"),
        ("organisation", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("work", "0002_task_closed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("kind", models.CharField(choices=[("week", "Week"), ("month", "Month")], max_length=7)),
                ("starts_on", models.DateField(verbose_name="first day")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Being written"), ("submitted", "Handed in")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("words", models.JSONField(default=dict)),
                ("left_out", models.JSONField(default=list)),
                ("goals", models.JSONField(null=True)),
                ("facts", models.JSONField(default=dict)),
                ("begun_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.department",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="work.project",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "pk"],
                "indexes": [models.Index(fields=["kind", "starts_on"], name="report_period")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("department__isnull", True), ("project__isnull", True)),
                        fields=("person", "kind", "starts_on"),
                        name="report_of_person_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("department__isnull", False)),
                        fields=("department", "kind", "starts_on"),
                        name="report_of_department_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("project__isnull", False)),
                        fields=("project", "kind", "starts_on"),
                        name="report_of_project_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("department__isnull", True), ("project__isnull", True), _connector="OR"
                        ),
                        name="report_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), ("submitted_at__isnull", False), _connector="XOR"
                        ),
                        name="report_submitted_has_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True, default="")),
                ("taken", models.PositiveIntegerField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="reports.report"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.report"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("report", "source"), name="part_once")],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("kind", models.CharField(choices=[("week", "Week"), ("month", "Month")], max_length=7)),
                (
                    "day",
                    models.CharField(
                        choices=[
                            ("0", "0"),
                            ("1", "1"),
                            ("2", "2"),
                            ("3", "3"),
                            ("4", "4"),
                            ("5", "5"),
                            ("6", "6"),
                            ("last", "last"),
                            ("first", "first"),
                            ("10", "10"),
                            ("15", "15"),
                            ("20", "20"),
                            ("25", "25"),
                            ("28", "28"),
                        ],
                        max_length=5,
                    ),
                ),
                ("at", models.TimeField(default=datetime.time(18, 0))),
                (
                    "on_free_day",
                    models.CharField(
                        choices=[
                            ("previous", "On the working day before"),
                            ("next", "On the next working day"),
                            ("skip", "Not at all that time"),
                        ],
                        default="previous",
                        max_length=8,
                    ),
                ),
                ("looks_back", models.BooleanField(default=False)),
                (
                    "shape",
                    models.CharField(
                        choices=[
                            ("text", "The whole report as the text of the mail"),
                            ("pdf", "A PDF beside the mail"),
                            ("docx", "A Word file beside the mail"),
                            ("link", "The numbers and a link only"),
                        ],
                        default="pdf",
                        max_length=5,
                    ),
                ),
                ("remind_hours", models.PositiveSmallIntegerField(default=4)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("removed", "Removed")],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("decided_until", models.DateTimeField()),
                ("skips", models.DateTimeField(null=True)),
                ("reminded_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("channels", models.ManyToManyField(related_name="+", to="channels.channel")),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.department",
                    ),
                ),
                ("people", models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="work.project",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("department__isnull", True), ("project__isnull", True), _connector="OR"
                        ),
                        name="schedule_of_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("starts_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for the report"),
                            ("sent", "Sent"),
                            ("skipped", "Left out"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wish", "It was to be left out this time."),
                            ("missing", "Nobody had handed the report in before the next one was due."),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "report",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reports.report",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sendings",
                        to="reports.schedule",
                    ),
                ),
            ],
            options={
                "ordering": ["-due_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["starts_on"], name="sending_waits"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("schedule", "due_at"), name="sending_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            models.Q(("report__isnull", False), ("sent_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="sending_sent_has_what_and_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "letter",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="channels.letter",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sending",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="postings",
                        to="reports.sending",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("sending", "person"),
                        name="posting_once_a_person",
                    )
                ],
            },
        ),
    ]
