"""Backup and restore: everything of an installation in one folder, and back.

    FOLDER/objects/<area>/<key>   every object once; it never changes under its key
    FOLDER/runs/<time>/           one dump of the database, with what belongs to it
        database.sqlite3 or database.dump
        objects.jsonl             which objects the dump names: size and SHA-256 of each
        secrets.env               only where asked for
        manifest.json             written last: without it the run was cut off

`making` makes a run, `checking` checks one alone, `restoring` puts one back; `databases` and
`copying` know the database and the objects. docs/backup.md is for operators.
"""
