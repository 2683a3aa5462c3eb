"""Queue again the jobs that an older version had queued: they stood in the table of another engine.

That table is left alone here, because servers of the older version may still write to it; the next release drops it.
"""

from datetime import UTC, datetime

from django.db import migrations


def queue_again(apps, _schema_editor):
    """Queue every job that waits or runs; the old workers are stopped by now."""
    job_model = apps.get_model("activity", "Job")
    errand_model = apps.get_model("background", "Errand")
    now = datetime.now(UTC)
    jobs = (
        job_model.objects.filter(status__in=["queued", "running"]).order_by("pk").values_list("pk", flat=True)
    )
    errands = [
        errand_model(
            task="opsloop.activity.jobs.run", arguments={"args": [pk], "kwargs": {}}, queue="long",
            queued_at=now, due_at=now,
        )
        for pk in jobs
    ]  # fmt: skip
    errand_model.objects.bulk_create(errands, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("background", "0001_initial"), ("activity", "0001_initial")]

    operations = [migrations.RunPython(queue_again, migrations.RunPython.noop)]
