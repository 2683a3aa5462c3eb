import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels", "0001_initial"),
        ("organisation", "0002_person_start_page"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "scope",
                    models.CharField(choices=[("mine", "Mine"), ("wide", "What I lead")], max_length=4),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[("week", "By week"), ("month", "By month")], default="week", max_length=5
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(null=True)),
                ("day", models.SmallIntegerField(null=True)),
                ("at_time", models.TimeField(default=datetime.time(9, 0), verbose_name="time")),
                (
                    "on_day_off",
                    models.CharField(
                        choices=[
                            ("next", "Comes on the working day after"),
                            ("previous", "Comes on the working day before"),
                            ("skip", "Is left out"),
                        ],
                        default="next",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("ended", "Ended")],
                        default="active",
                        max_length=7,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="channels.channel"
                    ),
                ),
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
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "active")),
                        fields=["decided_at"],
                        name="subscription_active",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekday__isnull", True), ("day__isnull", True), _connector="XOR"
                        ),
                        name="subscription_has_one_rhythm",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("moment", models.DateTimeField()),
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="channels.letter"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="issues",
                        to="dashboards.subscription",
                    ),
                ),
            ],
            options={
                "ordering": ["-moment"],
                "constraints": [
                    models.UniqueConstraint(fields=("subscription", "moment"), name="issue_once_a_moment")
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("number", models.CharField(max_length=20)),
                ("value", models.PositiveSmallIntegerField(verbose_name="target")),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.department",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("department__isnull", True)),
                        fields=("number",),
                        name="target_of_all_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("department__isnull", False)),
                        fields=("number", "department"),
                        name="target_of_department_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("value__lte", 100)), name="target_to_100"),
                ],
            },
        ),
    ]
