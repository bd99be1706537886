"""Captions can be searched without prompts. On PostgreSQL posts that have one are written again."""

from django.db import migrations

from gallery.search import schema_3 as schema


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0011_sharing"),
    ]

    operations = [
        migrations.RunPython(schema.upgrade, schema.downgrade),
    ]
