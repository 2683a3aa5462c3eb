from decimal import Decimal

import django.core.validators
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
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "money",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="budget",
                    ),
                ),
                ("minutes", models.PositiveIntegerField(blank=True, null=True, verbose_name="planned hours")),
                (
                    "rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=10,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="cost of an hour",
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="work.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HealthCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "level",
                    models.CharField(
                        choices=[("green", "On track"), ("amber", "At risk"), ("red", "Off track")],
                        max_length=5,
                        verbose_name="health",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("called_at", models.DateTimeField()),
                (
                    "called_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="work.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Expense",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(editable=False)),
                ("spent_on", models.DateField(verbose_name="date")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("what", models.CharField(max_length=160, verbose_name="spent on")),
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="spent by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="work.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "ordering": ["-spent_on", "-pk"],
                "indexes": [
                    models.Index(fields=["project", "-spent_on"], name="expense_project_day"),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="expense_binned",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="expense_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_by__isnull", True), ("deleted_at__isnull", False), _connector="OR"
                        ),
                        name="expense_deleted_pair",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyNode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(editable=False)),
                ("title", models.CharField(max_length=120, verbose_name="key node")),
                ("output", models.CharField(blank=True, default="", max_length=200, verbose_name="output")),
                (
                    "limit_minutes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="limit in working time"),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="clock starts")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                (
                    "reached_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reached"),
                ),
                (
                    "after",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="portfolio.keynode",
                        verbose_name="starts after",
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
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="work.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "reached_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(fields=["project", "due_at"], name="node_project_due"),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="node_binned",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reached_by__isnull", True), ("reached_at__isnull", False), _connector="OR"
                        ),
                        name="node_reached_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_by__isnull", True), ("deleted_at__isnull", False), _connector="OR"
                        ),
                        name="node_deleted_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limit_minutes__isnull", True), ("limit_minutes__gt", 0), _connector="OR"
                        ),
                        name="node_limit_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("progress", "Progress"), ("closing", "Closing note")],
                        default="progress",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "health",
                    models.CharField(
                        choices=[("green", "On track"), ("amber", "At risk"), ("red", "Off track")],
                        default="green",
                        max_length=5,
                        verbose_name="health",
                    ),
                ),
                ("text", models.TextField(verbose_name="update")),
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
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="work.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["project", "-id"], name="update_project"),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="update_binned",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_by__isnull", True), ("deleted_at__isnull", False), _connector="OR"
                        ),
                        name="update_deleted_pair",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Risk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(editable=False)),
                ("title", models.CharField(max_length=160, verbose_name="risk")),
                (
                    "probability",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "1 · very low"),
                            (2, "2 · low"),
                            (3, "3 · medium"),
                            (4, "4 · high"),
                            (5, "5 · very high"),
                        ],
                        default=3,
                        verbose_name="probability",
                    ),
                ),
                (
                    "impact",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "1 · very low"),
                            (2, "2 · low"),
                            (3, "3 · medium"),
                            (4, "4 · high"),
                            (5, "5 · very high"),
                        ],
                        default=3,
                        verbose_name="impact",
                    ),
                ),
                (
                    "response",
                    models.CharField(
                        choices=[
                            ("avoid", "Avoid"),
                            ("reduce", "Reduce"),
                            ("transfer", "Transfer"),
                            ("accept", "Accept"),
                        ],
                        default="reduce",
                        max_length=10,
                        verbose_name="response",
                    ),
                ),
                ("measure", models.TextField(blank=True, default="", verbose_name="measure")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="next review")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Watched"), ("happened", "Happened"), ("closed", "Over")],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("score_before", models.PositiveSmallIntegerField(editable=False, null=True)),
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
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="work.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["project", "status"], name="risk_project_status"),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at"],
                        name="risk_binned",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("probability__gte", 1), ("probability__lte", 5)),
                        name="risk_probability_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("impact__gte", 1), ("impact__lte", 5)), name="risk_impact_1_to_5"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_by__isnull", True), ("deleted_at__isnull", False), _connector="OR"
                        ),
                        name="risk_deleted_pair",
                    ),
                ],
            },
        ),
    ]
