import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("activity", "0001_initial"),
        ("organisation", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
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
                            ("mail", "Mail"),
                            ("dingtalk", "DingTalk group robot"),
                            ("wecom", "WeCom group robot"),
                            ("feishu", "Feishu group robot"),
                            ("slack", "Slack-compatible webhook"),
                            ("webhook", "Webhook of a program"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("topics", models.JSONField(default=list)),
                ("address_locked", models.TextField(blank=True, default="")),
                ("secret_locked", models.TextField(blank=True, default="")),
                ("options", models.JSONField(default=dict)),
                ("site", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("removed", "Removed")],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("paused_by_failures", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
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
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "mail"), models.Q(("state", "removed"), _negated=True)),
                        fields=("kind",),
                        name="channel_mail_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("now", "At once"), ("digest", "Bundle"), ("test", "Test")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("dropped", "Left out"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("lines", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, default="", max_length=30)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="channels.channel",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["channel", "-id"], name="letter_channel"),
                    models.Index(fields=["channel", "sent_at"], name="letter_sent"),
                    models.Index(fields=["made_at"], name="letter_made"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="letter_sent_has_its_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Failure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("error", models.CharField(max_length=30)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="failures",
                        to="channels.channel",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="channels.letter",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["channel", "at"], name="failure_channel")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=20)),
                ("subject_kind", models.CharField(max_length=10)),
                ("subject_id", models.BigIntegerField()),
                (
                    "mode",
                    models.CharField(
                        choices=[("now", "At once"), ("digest", "In a bundle"), ("off", "Not at all")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("is_scheduled", models.BooleanField(default=False)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="channels.channel"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="activity.event"
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
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="channels.letter",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("letter__isnull", True)),
                        fields=["due_at", "id"],
                        name="delivery_due",
                    ),
                    models.Index(fields=["at"], name="delivery_at"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("channel", "person", "event", "subject_id"),
                        name="delivery_once_a_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", True)),
                        fields=("channel", "event", "subject_id"),
                        name="delivery_once_a_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Times",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bundles", models.JSONField(default=list)),
                ("quiet_from", models.TimeField(default=datetime.time(20, 0))),
                ("quiet_until", models.TimeField(default=datetime.time(8, 30))),
                ("rests", models.BooleanField(default=True)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=20)),
                (
                    "way",
                    models.CharField(choices=[("mail", "Mail"), ("group", "Named in groups")], max_length=10),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("now", "At once"), ("digest", "In a bundle"), ("off", "Not at all")],
                        max_length=10,
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
                "constraints": [models.UniqueConstraint(fields=("person", "topic", "way"), name="wish_once")],
            },
        ),
    ]
