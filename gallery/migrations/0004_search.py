"""The search index. It is outside Django's models: triggers keep it, `gallery.search` reads it."""

from django.db import migrations

from gallery.search import schema_1 as schema


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0003_cover_and_downloads"),
    ]

    operations = [
        migrations.RunPython(schema.install, schema.remove),
    ]
