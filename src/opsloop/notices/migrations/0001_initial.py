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
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("number", models.CharField(blank=True, default="", max_length=30)),
                ("title", models.CharField(blank=True, default="", max_length=120, verbose_name="title")),
                ("cause", models.TextField(blank=True, default="", max_length=3000, verbose_name="occasion")),
                (
                    "demands",
                    models.TextField(blank=True, default="", max_length=6000, verbose_name="what is asked"),
                ),
                ("timing", models.TextField(blank=True, default="", max_length=1000, verbose_name="dates")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="to be done by")),
                (
                    "signature",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="signed"),
                ),
                (
                    "importance",
                    models.CharField(
                        choices=[("normal", "Normal"), ("important", "Important"), ("urgent", "Urgent")],
                        default="normal",
                        max_length=10,
                    ),
                ),
                ("audience", models.JSONField(default=dict)),
                ("audience_text", models.TextField(blank=True, default="", editable=False)),
                ("for_newcomers", models.BooleanField(default=False, verbose_name="also for newcomers")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("corrected", "Corrected"),
                            ("withdrawn", "Withdrawn"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("send_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("complete_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_why", models.CharField(blank=True, default="", max_length=300)),
                ("edition", models.PositiveIntegerField(default=0)),
                ("asked_edition", models.PositiveIntegerField(default=0)),
                (
                    "author",
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
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "responsible",
                    models.ManyToManyField(
                        related_name="+", to="organisation.department", verbose_name="responsible"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["author", "state", "-id"], name="notice_author"),
                    models.Index(fields=["department", "-sent_at"], name="notice_department"),
                    models.Index(
                        condition=models.Q(("state", "scheduled")),
                        fields=["send_at"],
                        name="notice_scheduled",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="notice_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "scheduled"), _negated=True),
                            ("send_at__isnull", False),
                            _connector="OR",
                        ),
                        name="notice_scheduled_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "scheduled"]), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="notice_sent_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_by__isnull", True), ("ended_at__isnull", False), _connector="OR"
                        ),
                        name="notice_ended_pair",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("cause", models.TextField(blank=True, default="")),
                ("demands", models.TextField(blank=True, default="")),
                ("timing", models.TextField(blank=True, default="")),
                ("due_at", models.DateTimeField(null=True)),
                ("responsible", models.TextField(blank=True, default="")),
                ("signature", models.CharField(blank=True, default="", max_length=120)),
                ("at", models.DateTimeField()),
                ("why", models.CharField(blank=True, default="", max_length=300)),
                ("is_material", models.BooleanField(default=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="editions",
                        to="notices.notice",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "number"), name="notice_edition_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("ways", models.JSONField(default=dict)),
                ("senders", models.JSONField(default=dict)),
                ("link_days", models.PositiveSmallIntegerField(default=7)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="notice_rules_are_one"),
                    models.CheckConstraint(
                        condition=models.Q(("link_days__gte", 1), ("link_days__lte", 30)),
                        name="notice_link_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeTemplate",
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
                    "is_shared",
                    models.BooleanField(default=False, verbose_name="for everybody who writes notices"),
                ),
                (
                    "importance",
                    models.CharField(
                        choices=[("normal", "Normal"), ("important", "Important"), ("urgent", "Urgent")],
                        default="normal",
                        max_length=10,
                        verbose_name="importance",
                    ),
                ),
                ("title", models.CharField(blank=True, default="", max_length=120, verbose_name="title")),
                ("cause", models.TextField(blank=True, default="", max_length=3000)),
                ("demands", models.TextField(blank=True, default="", max_length=6000)),
                ("timing", models.TextField(blank=True, default="", max_length=1000)),
                ("created_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("text", models.TextField(max_length=1000, verbose_name="question")),
                ("answer", models.TextField(blank=True, default="", max_length=3000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="notices.notice",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("answer", ""), ("answered_at__isnull", False), _connector="OR"),
                        name="question_answered_has_its_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("to", "To confirm"), ("copy", "Copy")], default="to", max_length=5
                    ),
                ),
                ("is_open", models.BooleanField(default=True)),
                ("asked_edition", models.PositiveIntegerField(default=1)),
                ("asked_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_edition", models.PositiveIntegerField(default=0)),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("page", "On the page"),
                            ("inbox", "In the inbox"),
                            ("today", "On Today"),
                            ("list", "In the list"),
                            ("mail", "By mail"),
                        ],
                        default="",
                        max_length=5,
                    ),
                ),
                ("steps", models.PositiveSmallIntegerField(default=0)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("head_told_at", models.DateTimeField(null=True)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="notices.notice",
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
                    models.Index(fields=["notice", "is_open", "id"], name="receipt_notice"),
                    models.Index(fields=["person", "is_open", "-id"], name="receipt_person"),
                    models.Index(
                        condition=models.Q(("is_open", True)), fields=["next_at"], name="receipt_next"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "person"), name="receipt_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_edition", 0), ("confirmed_at__isnull", False), _connector="OR"
                        ),
                        name="receipt_confirmed_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "to"), ("is_open", False), _connector="OR"),
                        name="receipt_copy_is_not_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecipientGroup",
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
                    "is_shared",
                    models.BooleanField(default=True, verbose_name="for everybody who writes notices"),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "members",
                    models.ManyToManyField(
                        related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="members"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
    ]
