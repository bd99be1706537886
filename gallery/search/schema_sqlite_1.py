"""Version 1 of the index on SQLite, as migrations 0004 to 0009 know it: frozen (see `schema`).

An FTS5 table whose rows the triggers below write. `scope` holds tokens for filters, `titles` is
the place of the titles of conversations. A view says
what the document of a post is; each trigger only says when it is written again. The table keeps
its text (it is not "contentless"): a row then goes by its id alone, whatever happened before, and
can be compared with the view. U+E000 begins every token of the scope: it counts as a letter, and
the parser takes it out of what people type. A post may still have it in its text, so tokens are
only ever looked for in `scope`.
"""

from __future__ import annotations

MARK = "\ue000"

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
        '' AS titles
    FROM gallery_post
    WHERE deleted_at IS NULL
"""

_COLUMNS = "scope, prompt, caption, models, titles"

# The tokenizer knows the characters of 2012 and takes what came later for letters.
_YOUNG_SIGNS = "".join(
    chr(code)
    for first, last in (
        *((0x2066, 0x2069), (0x23F4, 0x23FF), (0x2B4D, 0x2BFF), (0x2E3C, 0x2E5D)),
        (0x1F000, 0x1FAFF),
    )
    for code in range(first, last + 1)
)
# Signs for private use end a word, as they do in a query; by itself it takes them for letters.
_TOKENIZER = (
    "unicode61 remove_diacritics 2 categories 'L* N*' "
    f"tokenchars '{MARK}' separators '{_YOUNG_SIGNS}'"
)

# Without the lists of their own, beginnings of two or three letters would be put together from
# hundreds of words each time (24 ms for "ba" among 144,000 posts, instead of 0.2).
INSTALL = (
    f"""
    CREATE VIRTUAL TABLE gallery_post_search USING fts5(
        {_COLUMNS}, prefix = '2 3', tokenize = "{_TOKENIZER}"
    )
    """,
    # Merging half as often as FTS5 does by itself: saving a post takes 0.7 ms instead of 0.95
    # (0.36 without an index), and no search was measurably slower.
    """
    INSERT INTO gallery_post_search (gallery_post_search, rank) VALUES ('automerge', 8)
    """,
    # A view of the words of the index, in their order. It keeps nothing itself.
    """
    CREATE VIRTUAL TABLE gallery_post_words USING fts5vocab('gallery_post_search', 'instance')
    """,
)

FILL = (
    f"""
    INSERT INTO gallery_post_search (rowid, {_COLUMNS})
    SELECT id, {_COLUMNS} FROM gallery_post_document ORDER BY id
    """,  # noqa: S608 (names of this file)
)

REMOVE = ("DROP TABLE gallery_post_words", "DROP TABLE gallery_post_search")


def _write(post_id: str) -> str:
    return f"""
        INSERT INTO gallery_post_search (rowid, {_COLUMNS})
        SELECT id, {_COLUMNS} FROM gallery_post_document WHERE id = {post_id};
    """  # noqa: S608 (names of this file)


def _erase(post_id: str) -> str:
    return f"DELETE FROM gallery_post_search WHERE rowid = {post_id};"  # noqa: S608


def _changed(*columns: str) -> str:
    return " OR ".join(f"old.{name} IS NOT new.{name}" for name in columns)


# Most changes of a post (its status, its revision, a counter) are none of the index's business.
_OF_POST = (
    *("owner_id", "project_id", "prompt", "caption"),
    *("aspect_ratio", "visibility", "created_at", "deleted_at"),
)
_OF_IMAGE = ("post_id", "model", "model_name")

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
        WHERE post_id = new.post_id AND id <> new.id
        AND model = new.model AND model_name = new.model_name
    )
    BEGIN {_erase("new.post_id")} {_write("new.post_id")} END
    """,  # noqa: S608 (names of this file)
    f"""
    CREATE TRIGGER gallery_image_search_update
    AFTER UPDATE OF {", ".join(_OF_IMAGE)} ON gallery_generatedimage
    WHEN {_changed(*_OF_IMAGE)}
    BEGIN
        {_erase("old.post_id")} {_write("old.post_id")}
        {_erase("new.post_id")} {_write("new.post_id")}
    END
    """,
    f"""
    CREATE TRIGGER gallery_image_search_delete AFTER DELETE ON gallery_generatedimage
    BEGIN {_erase("old.post_id")} {_write("old.post_id")} END
    """,
)

NO_TRIGGERS = (
    *(
        f"DROP TRIGGER IF EXISTS gallery_{table}_search_{event}"
        for table in ("post", "image")
        for event in ("insert", "update", "delete")
    ),
    "DROP VIEW IF EXISTS gallery_post_document",
)
