import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
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
            name="OutsideCalendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("url", models.CharField(max_length=1000, verbose_name="address")),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("cyan", "Cyan"),
                            ("green", "Green"),
                            ("gold", "Gold"),
                            ("red", "Red"),
                            ("purple", "Purple"),
                            ("grey", "Grey"),
                        ],
                        default="cyan",
                        max_length=10,
                        verbose_name="colour",
                    ),
                ),
                ("takes_time", models.BooleanField(default=True, verbose_name="counts as busy")),
                ("fetched_at", models.DateTimeField(editable=False, null=True)),
                ("due_at", models.DateTimeField(editable=False)),
                ("error", models.CharField(blank=True, default="", editable=False, max_length=30)),
                ("failures", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("left_out", models.PositiveIntegerField(default=0, editable=False)),
                ("etag", models.CharField(blank=True, default="", editable=False, max_length=300)),
                ("last_modified", models.CharField(blank=True, default="", editable=False, max_length=100)),
                ("covered_until", models.DateTimeField(editable=False, null=True)),
                ("read_in_zone", models.CharField(blank=True, default="", editable=False, max_length=50)),
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
                "ordering": ["name", "pk"],
                "indexes": [models.Index(fields=["due_at"], name="outside_calendar_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "url"), name="outside_calendar_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(blank=True, default="", max_length=200)),
                ("place", models.CharField(blank=True, default="", max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("is_all_day", models.BooleanField(default=False)),
                ("takes_time", models.BooleanField(default=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="calendars.outsidecalendar",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "pk"],
                "indexes": [models.Index(fields=["calendar", "starts_at"], name="outside_event_start")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="outside_event_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("place", models.CharField(blank=True, default="", max_length=200, verbose_name="place")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("is_all_day", models.BooleanField(default=False, verbose_name="all day")),
                ("rule", models.CharField(blank=True, default="", max_length=200)),
                ("time_zone", models.CharField(max_length=50)),
                ("is_private", models.BooleanField(default=False, verbose_name="private")),
                ("changed_at", models.DateTimeField()),
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
                "ordering": ["starts_at", "pk"],
                "indexes": [models.Index(fields=["person", "starts_at"], name="appointment_person_start")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="appointment_ends_after_it_starts",
                    )
                ],
            },
        ),
    ]
