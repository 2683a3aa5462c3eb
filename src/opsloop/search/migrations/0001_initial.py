"""The search index: the entries, and their words in the form each database searches best."""

from django.db import migrations, models


def create(apps, schema_editor):  # noqa: ARG001
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_entry ADD COLUMN words tsvector")
        # Without fast update a search never has to walk a list of pending rows.
        schema_editor.execute(
            "CREATE INDEX search_words ON search_entry USING gin (words) WITH (fastupdate = off)"
        )
        schema_editor.execute("CREATE INDEX search_title ON search_entry (kind, title text_pattern_ops)")
    else:
        schema_editor.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5("
            "words, pinyin, initials, content='', contentless_delete=1, tokenize='ascii', prefix='1 2 3')"
        )
        schema_editor.execute("CREATE INDEX search_title ON search_entry (kind, title)")


def drop(apps, schema_editor):  # noqa: ARG001
    schema_editor.execute("DROP INDEX search_title")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_entry DROP COLUMN words")
    else:
        schema_editor.execute("DROP TABLE search_words")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("object_id", models.BigIntegerField()),
                ("title", models.TextField()),
                ("texts", models.TextField(blank=True, default="")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id"), name="search_one_entry_a_record"),
                ],
            },
        ),
        migrations.RunPython(create, drop),
    ]
