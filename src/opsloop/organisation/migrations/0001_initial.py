import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("username", models.CharField(max_length=60, unique=True, verbose_name="user name")),
                ("email", models.EmailField(blank=True, default="", max_length=254, verbose_name="email")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("title", models.CharField(blank=True, default="", max_length=60, verbose_name="position")),
                ("phone", models.CharField(blank=True, default="", max_length=30, verbose_name="phone")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("language", models.CharField(default="zh-hans", max_length=10, verbose_name="language")),
                (
                    "time_zone",
                    models.CharField(default="Asia/Shanghai", max_length=50, verbose_name="time zone"),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("auto", "As the device"), ("light", "Light"), ("dark", "Dark")],
                        default="auto",
                        max_length=10,
                        verbose_name="theme",
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[
                            ("compact", "Compact"),
                            ("default", "Standard"),
                            ("comfortable", "Comfortable"),
                        ],
                        default="default",
                        max_length=12,
                        verbose_name="row height",
                    ),
                ),
                (
                    "reserve_percent",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="own reserve in percent"
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, null=True)),
                ("disabled_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("day", models.DateField(unique=True, verbose_name="date")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("holiday", "Day off"),
                            ("makeup", "Make-up working day"),
                            ("workday", "Ordinary working day"),
                            ("weekend", "Ordinary weekend"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=60, verbose_name="name")),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="CalendarNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(unique=True)),
                ("text", models.TextField()),
                ("accepted_at", models.DateTimeField()),
                ("accepted_by_id", models.BigIntegerField(null=True)),
            ],
            options={
                "ordering": ["year"],
            },
        ),
        migrations.CreateModel(
            name="NumberPattern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("kind", models.CharField(max_length=30, unique=True)),
                ("prefix", models.CharField(max_length=10, verbose_name="prefix")),
                (
                    "date_part",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "none"),
                            ("%Y", "year"),
                            ("%Y%m", "year and month"),
                            ("%Y%m%d", "year, month and day"),
                        ],
                        default="",
                        max_length=6,
                        verbose_name="date part",
                    ),
                ),
                ("width", models.PositiveSmallIntegerField(default=3, verbose_name="digits")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Department",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("path", models.CharField(db_index=True, default="", editable=False, max_length=200)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "headcount",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="planned people"),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="organisation.department",
                        verbose_name="belongs to",
                    ),
                ),
            ],
            options={
                "ordering": ["path"],
                "constraints": [
                    models.UniqueConstraint(fields=("parent", "name"), name="department_name_once_a_parent")
                ],
            },
        ),
        migrations.CreateModel(
            name="BlockTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("day", models.DateField(blank=True, null=True, verbose_name="date")),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisation.department",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("department__isnull", True), ("person__isnull", True), _connector="OR"
                        ),
                        name="block_template_has_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("day__isnull", True),
                            ("department__isnull", False),
                            ("person__isnull", False),
                            _connector="OR",
                        ),
                        name="block_exception_has_an_owner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("day__isnull", True)),
                        fields=("person",),
                        name="block_template_once_a_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("day__isnull", True)),
                        fields=("department",),
                        name="block_template_once_a_department",
                    ),
                    models.UniqueConstraint(fields=("person", "day"), name="block_exception_once_a_person"),
                    models.UniqueConstraint(
                        fields=("department", "day"), name="block_exception_once_a_department"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="person",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="people",
                to="organisation.department",
                verbose_name="department",
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
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
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Leave",
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
                            ("annual", "Annual leave"),
                            ("sick", "Sick leave"),
                            ("personal", "Personal leave"),
                            ("trip", "Business trip"),
                            ("other", "Other"),
                        ],
                        default="annual",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leave",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="leave_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("period", models.CharField(blank=True, default="", max_length=8)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "period"), name="number_counter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "mode",
                    models.CharField(
                        choices=[("startup", "Start-up"), ("growth", "Growing"), ("mature", "Mature")],
                        default="growth",
                        max_length=10,
                        verbose_name="mode",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(default="Asia/Shanghai", max_length=50, verbose_name="time zone"),
                ),
                ("language", models.CharField(default="zh-hans", max_length=10, verbose_name="language")),
                (
                    "reserve_percent",
                    models.PositiveSmallIntegerField(default=15, verbose_name="reserve in percent"),
                ),
                ("set_up_at", models.DateTimeField(editable=False, null=True)),
                (
                    "hours_approval",
                    models.BooleanField(default=False, verbose_name="leads approve the hours of a week"),
                ),
                (
                    "hours_step",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Not rounded"),
                            (5, "5 minutes"),
                            (6, "6 minutes (a tenth of an hour)"),
                            (15, "15 minutes"),
                        ],
                        default=0,
                        verbose_name="round hours to",
                    ),
                ),
                ("hours_round_up", models.BooleanField(default=False, verbose_name="always round up")),
                ("is_demo", models.BooleanField(default=False, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="organisation_is_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("member", "Member"),
                            ("lead", "Team lead"),
                            ("manager", "Manager"),
                            ("director", "Director"),
                            ("auditor", "Auditor"),
                            ("admin", "Administrator"),
                        ],
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                ("granted_at", models.DateTimeField()),
                ("granted_by_id", models.BigIntegerField(null=True)),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "role", "department"), name="role_once_a_department"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("department__isnull", True)),
                        fields=("person", "role"),
                        name="role_once_overall",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=3, verbose_name="level")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisation.skill"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "skill"), name="person_skill_once"),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 5)),
                        name="person_skill_level_1_to_5",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BlockRule",
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
                            ("focus", "Focus"),
                            ("fragment", "Fragments"),
                            ("buffer", "Buffer"),
                            ("lunch", "Lunch"),
                            ("flex", "Flexible"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("start", models.TimeField(verbose_name="from")),
                ("end", models.TimeField(verbose_name="to")),
                ("weekdays", models.PositiveSmallIntegerField(default=31, verbose_name="weekdays")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="organisation.blocktemplate",
                    ),
                ),
            ],
            options={
                "ordering": ["start", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))),
                        name="block_rule_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__gte", 1), ("weekdays__lte", 127)),
                        name="block_rule_weekdays",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email", ""), _negated=True), fields=("email",), name="person_email_once"
            ),
        ),
    ]
