"""Versions 2 and 3 of the index on SQLite, for migrations 0010 to 0014: frozen (see `schema`).

An FTS5 table whose rows the triggers below write.
The table is that of version 1 (`schema_sqlite_1`), with its tokenizer: `scope` holds tokens for
filters, `titles` those of the conversations that made the post's pictures. A view says what the
document of a post is; each trigger only says when it is written again. The table keeps its text
(it is not "contentless"): a row then goes by its id alone, whatever happened before, and can be
compared with the view. U+E000 begins every token of the scope: it counts as a letter, and the
parser takes it out of what people type. A post may still have it in its text, so tokens are only
ever looked for in `scope`.
"""

from __future__ import annotations

from gallery.search import schema_sqlite_1

MARK = "\ue000"

# What is in the trash is not searched: neither posts nor titles.
_DOCUMENT = """
    CREATE VIEW gallery_post_document AS SELECT
        id,
        '\ue000o' || owner_id
        || CASE status WHEN 'edited' THEN ' \ue000kedited' ELSE ' \ue000kcreated' END
        || ' \ue000a' || hex(aspect_ratio)
        || ' \ue000v' || visibility
        || ' \ue000y' || max(strftime('%Y', created_at), '2020')
        || ' \ue000t' || strftime('%Y%m', created_at)
        || coalesce(' \ue000p' || project_id, '')
        || coalesce((
            SELECT group_concat(DISTINCT ' \ue000m' || hex(model))
            FROM gallery_generatedimage WHERE post_id = gallery_post.id
        ), '') AS scope,
        prompt,
        caption,
        coalesce((
            SELECT group_concat(DISTINCT model_name)
            FROM gallery_generatedimage WHERE post_id = gallery_post.id
        ), '') AS models,
        coalesce((
            SELECT group_concat(DISTINCT conversation.title)
            FROM gallery_generatedimage AS image
            JOIN gallery_editturn AS turn ON turn.id = image.turn_id
            JOIN gallery_editconversation AS conversation ON conversation.id = turn.conversation_id
            WHERE image.post_id = gallery_post.id AND conversation.deleted_at IS NULL
        ), '') AS titles
    FROM gallery_post
    WHERE deleted_at IS NULL
"""

_COLUMNS = "scope, prompt, caption, models, titles"


def _write(post_ids: str) -> str:
    return f"""
        INSERT INTO gallery_post_search (rowid, {_COLUMNS})
        SELECT id, {_COLUMNS} FROM gallery_post_document WHERE id IN ({post_ids});
    """  # noqa: S608 (names of this file)


def _erase(post_ids: str) -> str:
    return f"DELETE FROM gallery_post_search WHERE rowid IN ({post_ids});"  # noqa: S608


def _changed(*columns: str) -> str:
    return " OR ".join(f"old.{name} IS NOT new.{name}" for name in columns)


# Most changes of a post (its status, its revision, a counter) are none of the index's business.
_OF_POST = (
    *("owner_id", "project_id", "prompt", "caption"),
    *("aspect_ratio", "visibility", "created_at", "deleted_at"),
)
_OF_IMAGE = ("post_id", "model", "model_name")

# A conversation out of the trash is deleted for good without a word to the index: its title is in
# it no more. A turn that is gone already counts as one with a title.
_TURN_WITH_TITLE = """
    old.turn_id IS NOT new.turn_id
    AND (old.turn_id IS NOT NULL) + (new.turn_id IS NOT NULL) > (
        SELECT count(*) FROM gallery_editturn AS turn
        JOIN gallery_editconversation AS conversation ON conversation.id = turn.conversation_id
        WHERE turn.id IN (old.turn_id, new.turn_id) AND conversation.deleted_at IS NOT NULL
    )
"""

_POSTS_OF_CONVERSATION = """
    SELECT image.post_id FROM gallery_editturn AS turn
    JOIN gallery_generatedimage AS image ON image.turn_id = turn.id
    WHERE turn.conversation_id = new.id
"""


def _title(of: str) -> str:
    """As it is in the index."""
    return f"CASE WHEN {of}.deleted_at IS NULL THEN {of}.title END"


TRIGGERS = (
    _DOCUMENT,
    f"""
    CREATE TRIGGER gallery_post_search_insert AFTER INSERT ON gallery_post
    BEGIN {_write("new.id")} END
    """,
    f"""
    CREATE TRIGGER gallery_post_search_update
    AFTER UPDATE OF status, {", ".join(_OF_POST)} ON gallery_post
    WHEN {_changed(*_OF_POST)} OR (old.status = 'edited') <> (new.status = 'edited')
    BEGIN {_erase("old.id")} {_write("new.id")} END
    """,
    f"""
    CREATE TRIGGER gallery_post_search_delete AFTER DELETE ON gallery_post
    BEGIN {_erase("old.id")} END
    """,
    # Four pictures by one model are one change of the document, not four.
    f"""
    CREATE TRIGGER gallery_image_search_insert AFTER INSERT ON gallery_generatedimage
    WHEN NOT EXISTS (
        SELECT 1 FROM gallery_generatedimage
        WHERE post_id = new.post_id AND id <> new.id AND turn_id IS new.turn_id
        AND model = new.model AND model_name = new.model_name
    )
    BEGIN {_erase("new.post_id")} {_write("new.post_id")} END
    """,  # noqa: S608 (names of this file)
    f"""
    CREATE TRIGGER gallery_image_search_update
    AFTER UPDATE OF {", ".join(_OF_IMAGE)}, turn_id ON gallery_generatedimage
    WHEN {_changed(*_OF_IMAGE)} OR ({_TURN_WITH_TITLE})
    BEGIN
        {_erase("old.post_id, new.post_id")} {_write("old.post_id, new.post_id")}
    END
    """,
    f"""
    CREATE TRIGGER gallery_image_search_delete AFTER DELETE ON gallery_generatedimage
    BEGIN {_erase("old.post_id")} {_write("old.post_id")} END
    """,
    # A turn stays in its conversation, and is deleted after its pictures have forgotten it.
    f"""
    CREATE TRIGGER gallery_conversation_search_update
    AFTER UPDATE OF title, deleted_at ON gallery_editconversation
    WHEN {_title("old")} IS NOT {_title("new")}
    BEGIN {_erase(_POSTS_OF_CONVERSATION)} {_write(_POSTS_OF_CONVERSATION)} END
    """,
)

NO_TRIGGERS = (
    "DROP TRIGGER IF EXISTS gallery_conversation_search_update",
    *schema_sqlite_1.NO_TRIGGERS,
)

UPGRADE = (*schema_sqlite_1.NO_TRIGGERS, *TRIGGERS)

DOWNGRADE = (*NO_TRIGGERS, *schema_sqlite_1.TRIGGERS)

_POSTS_WITH_TITLE = """
    SELECT image.post_id FROM gallery_generatedimage AS image
    JOIN gallery_editturn AS turn ON turn.id = image.turn_id
    JOIN gallery_editconversation AS conversation ON conversation.id = turn.conversation_id
    WHERE image.turn_id IS NOT NULL AND conversation.deleted_at IS NULL
"""

FILL_TITLES = (_erase(_POSTS_WITH_TITLE), _write(_POSTS_WITH_TITLE))
