import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("activity", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrangement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("sent_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("items", models.JSONField(default=list)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "day"), name="arrangement_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=20)),
                (
                    "lane",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Waits for me"), (2, "Names me"), (3, "For my information")]
                    ),
                ),
                ("subject_kind", models.CharField(max_length=10)),
                ("subject_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="activity.event"
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
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        models.F("person"),
                        models.F("lane"),
                        django.db.models.lookups.IsNull(models.F("read_at"), False),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("done_at__isnull", True)),
                        name="notification_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", True), ("read_at__isnull", True)),
                        fields=["person", "lane", "-id"],
                        name="notification_unread",
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["subject_kind", "subject_id"],
                        name="notification_subject",
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", True), _negated=True),
                        fields=["person", "-done_at"],
                        name="notification_done",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "event", "reason", "subject_id"), name="notification_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=20)),
                ("channel", models.CharField(default="inbox", max_length=10)),
                ("is_on", models.BooleanField()),
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
                "constraints": [
                    models.UniqueConstraint(fields=("person", "topic", "channel"), name="preference_once")
                ],
            },
        ),
    ]
