"""Edits of a picture by procedure: simple instructions in English and Brazilian Portuguese."""
