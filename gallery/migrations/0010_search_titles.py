"""The search index knows the titles of conversations. Only posts that have one are written again."""

from django.db import migrations

from gallery.search import schema_2 as schema


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0009_conversations_counted"),
    ]

    operations = [
        migrations.RunPython(schema.upgrade, schema.downgrade),
    ]
