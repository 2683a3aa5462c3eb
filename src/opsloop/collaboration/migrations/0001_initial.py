import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0002_person_start_page"),
        ("work", "0002_task_closed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CollaborationRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("answer_minutes", models.PositiveIntegerField(default=480, verbose_name="time to answer")),
                ("remind_minutes", models.PositiveIntegerField(default=240, verbose_name="reminder after")),
                ("accept_minutes", models.PositiveIntegerField(default=960, verbose_name="time to accept")),
                (
                    "late_minutes",
                    models.PositiveIntegerField(
                        default=240, verbose_name="taken to the superior when late by"
                    ),
                ),
                (
                    "sync_days",
                    models.PositiveSmallIntegerField(default=1, verbose_name="told of progress every"),
                ),
                (
                    "sync_at",
                    models.TimeField(default=datetime.time(16, 0), verbose_name="asked for progress at"),
                ),
                (
                    "record_hours",
                    models.PositiveSmallIntegerField(default=24, verbose_name="record filled in within"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("answer_minutes__gte", 30), ("answer_minutes__lte", 9600)),
                        name="collaboration_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accept_minutes__gte", 30), ("accept_minutes__lte", 9600)),
                        name="collaboration_accept",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("late_minutes__lte", 9600),
                            ("remind_minutes__gte", 10),
                            ("remind_minutes__lte", 9600),
                        ),
                        name="collaboration_reminders",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sync_days__lte", 10)), name="collaboration_sync_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("record_hours__gte", 1), ("record_hours__lte", 240)),
                        name="collaboration_record",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestForm",
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
                    "guide",
                    models.TextField(
                        blank=True, default="", max_length=2000, verbose_name="what to know before asking"
                    ),
                ),
                (
                    "standard",
                    models.TextField(
                        blank=True, default="", max_length=2000, verbose_name="deliverable standard"
                    ),
                ),
                (
                    "lead_days",
                    models.PositiveSmallIntegerField(default=0, verbose_name="working days needed"),
                ),
                ("routes", models.JSONField(blank=True, default=list)),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.department",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="goes to",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FormField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=20)),
                ("label", models.CharField(max_length=60, verbose_name="question")),
                (
                    "help",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="explanation"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("line", "A line of text"),
                            ("text", "A longer text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "One of a list"),
                            ("many", "Several of a list"),
                            ("check", "Yes or no"),
                            ("link", "Link"),
                        ],
                        default="line",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("options", models.JSONField(blank=True, default=list, verbose_name="choices")),
                ("required", models.BooleanField(default=False, verbose_name="must be filled in")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fields",
                        to="collaboration.requestform",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CollaborationRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("number", models.CharField(blank=True, default="", max_length=30)),
                ("title", models.CharField(blank=True, default="", max_length=120, verbose_name="matter")),
                (
                    "background",
                    models.TextField(blank=True, default="", max_length=3000, verbose_name="background"),
                ),
                (
                    "asked",
                    models.TextField(blank=True, default="", max_length=6000, verbose_name="what is asked"),
                ),
                (
                    "standard",
                    models.TextField(
                        blank=True, default="", max_length=2000, verbose_name="deliverable standard"
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("answers", models.JSONField(blank=True, default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("asked", "Waits for an answer"),
                            ("countered", "Counter-offer"),
                            ("accepted", "Being done"),
                            ("delivered", "Waits for acceptance"),
                            ("escalated", "With the superior"),
                            ("done", "Done"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("ended", "Ended by the superior"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("answer_due_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("offered_due_at", models.DateTimeField(null=True)),
                ("offered_scope", models.TextField(blank=True, default="")),
                ("agreed_due_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("delivery_note", models.TextField(blank=True, default="")),
                ("delivery_link", models.CharField(blank=True, default="", max_length=500)),
                ("closed_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("escalated_why", models.TextField(blank=True, default="")),
                (
                    "sync_days",
                    models.PositiveSmallIntegerField(default=1, verbose_name="told of progress every"),
                ),
                ("synced_at", models.DateTimeField(null=True)),
                ("next_sync_at", models.DateTimeField(null=True)),
                ("turn_at", models.DateTimeField(null=True)),
                ("next_step_at", models.DateTimeField(null=True)),
                ("steps_done", models.PositiveSmallIntegerField(default=0)),
                (
                    "asking_task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="work.task",
                    ),
                ),
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
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="contact",
                    ),
                ),
                (
                    "doing_task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="work.task",
                    ),
                ),
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
                    "from_department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.department",
                        verbose_name="asking department",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handler",
                    ),
                ),
                (
                    "to_department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.department",
                        verbose_name="department asked",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="collaboration.requestform",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Step",
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
                        choices=[
                            ("asked", "Asked"),
                            ("accepted", "Accepted"),
                            ("countered", "Counter-offer"),
                            ("agreed", "Agreed to the offer"),
                            ("insisted", "Asked again"),
                            ("declined", "Declined"),
                            ("assigned", "Handed to somebody"),
                            ("synced", "Told of progress"),
                            ("delivered", "Handed over"),
                            ("returned", "Returned"),
                            ("done", "Accepted as done"),
                            ("reminded", "Reminded"),
                            ("escalated", "Taken to the superior"),
                            ("decided", "Decided by the superior"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text", models.TextField(blank=True, default="")),
                ("due_at", models.DateTimeField(null=True)),
                ("progress", models.PositiveSmallIntegerField(null=True)),
                ("link", models.CharField(blank=True, default="", max_length=500)),
                ("points", models.JSONField(blank=True, default=list)),
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="collaboration.collaborationrequest",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CommunicationRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("number", models.CharField(editable=False, max_length=30, unique=True)),
                ("matter", models.CharField(max_length=200, verbose_name="matter")),
                ("talked_at", models.DateTimeField(verbose_name="talked at")),
                (
                    "resolution",
                    models.TextField(blank=True, default="", max_length=6000, verbose_name="resolution"),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                (
                    "outcome",
                    models.TextField(blank=True, default="", max_length=3000, verbose_name="actually done"),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("fill_due_at", models.DateTimeField(editable=False, null=True)),
                ("reminded_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(editable=False)),
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
                    "follower",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="follows it up",
                    ),
                ),
                (
                    "from_department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.department",
                        verbose_name="began by department",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answers for it",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="records",
                        to="collaboration.collaborationrequest",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="work.task",
                    ),
                ),
                (
                    "to_departments",
                    models.ManyToManyField(
                        related_name="+", to="organisation.department", verbose_name="departments involved"
                    ),
                ),
            ],
            options={
                "ordering": ["-talked_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="communication_binned",
                    ),
                    models.Index(fields=["from_department", "-talked_at"], name="communication_department"),
                    models.Index(
                        condition=models.Q(("fill_due_at__isnull", False)),
                        fields=["fill_due_at"],
                        name="communication_owed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_by__isnull", True), ("deleted_at__isnull", False), _connector="OR"
                        ),
                        name="communication_deleted_pair",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="requestform",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at__isnull", True)),
                fields=("department", "name"),
                name="request_form_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestform",
            constraint=models.CheckConstraint(
                condition=models.Q(("lead_days__lte", 60)), name="request_form_lead_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="formfield",
            constraint=models.UniqueConstraint(fields=("form", "key"), name="request_form_field_once"),
        ),
        migrations.AddIndex(
            model_name="collaborationrequest",
            index=models.Index(fields=["to_department", "state", "due_at"], name="request_intake"),
        ),
        migrations.AddIndex(
            model_name="collaborationrequest",
            index=models.Index(fields=["from_department", "state", "due_at"], name="request_asked"),
        ),
        migrations.AddIndex(
            model_name="collaborationrequest",
            index=models.Index(fields=["handler", "state"], name="request_handler"),
        ),
        migrations.AddIndex(
            model_name="collaborationrequest",
            index=models.Index(
                condition=models.Q(("next_step_at__isnull", False)),
                fields=["next_step_at"],
                name="request_step",
            ),
        ),
        migrations.AddIndex(
            model_name="collaborationrequest",
            index=models.Index(
                condition=models.Q(("next_sync_at__isnull", False)),
                fields=["next_sync_at"],
                name="request_sync",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborationrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("number",),
                name="request_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "draft"), ("asked_at__isnull", False), _connector="OR"),
                name="request_asked_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(
                        ("due_at__isnull", False),
                        ("from_department__isnull", False),
                        ("to_department__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="request_sent_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_department", models.F("to_department")), _negated=True),
                name="request_between_two_departments",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "escalated"), _negated=True),
                    ("escalated_at__isnull", False),
                    _connector="OR",
                ),
                name="request_escalated_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("sync_days__lte", 10)), name="request_sync_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="collaborationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by__isnull", True), ("closed_at__isnull", False), _connector="OR"
                ),
                name="request_closed_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="communicationrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_at__isnull", True), models.Q(("outcome", ""), _negated=True), _connector="OR"
                ),
                name="communication_done_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="communicationrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("fill_due_at__isnull", True), ("resolution", ""), _connector="OR"),
                name="communication_owed_or_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("progress__isnull", True), ("progress__lte", 100), _connector="OR"),
                name="request_step_percent",
            ),
        ),
    ]
