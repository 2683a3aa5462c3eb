import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("work", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("day", models.DateField(verbose_name="day")),
                (
                    "gain",
                    models.CharField(
                        blank=True, default="", max_length=300, verbose_name="what today brought"
                    ),
                ),
                (
                    "blocker",
                    models.CharField(
                        blank=True, default="", max_length=300, verbose_name="what stands in the way"
                    ),
                ),
                (
                    "blocker_state",
                    models.CharField(
                        blank=True,
                        choices=[("open", "Open"), ("answered", "Answered"), ("escalated", "Escalated")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("reply", models.CharField(blank=True, default="", max_length=500, verbose_name="answer")),
                ("replied_at", models.DateTimeField(null=True)),
                ("written_at", models.DateTimeField()),
                (
                    "escalated_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "replied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="work.task",
                        verbose_name="task",
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "person"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("blocker_state__in", ["open", "escalated"])),
                        fields=["day"],
                        name="note_unanswered",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "day"), name="note_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("blocker", ""), ("blocker_state", "")),
                            models.Q(
                                models.Q(("blocker", ""), _negated=True),
                                models.Q(("blocker_state", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="note_blocker_has_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("blocker_state", "answered"), _negated=True),
                            ("replied_at__isnull", False),
                            _connector="OR",
                        ),
                        name="note_answered_has_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("replied_by__isnull", True), ("replied_at__isnull", False), _connector="OR"
                        ),
                        name="note_replied_pair",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RitualRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("morning", "Morning plan"),
                            ("evening", "End of the day"),
                            ("week", "Week review and plan"),
                            ("team", "Morning round of a team"),
                        ],
                        max_length=10,
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("step", models.CharField(blank=True, default="", max_length=20)),
                ("answers", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Under way"), ("finished", "Finished"), ("skipped", "Skipped")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "kind", "on"), name="ritual_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "open"), ("ended_at__isnull", False), _connector="XOR"),
                        name="ritual_ended_has_when",
                    ),
                ],
            },
        ),
    ]
