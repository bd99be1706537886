"""Version 2 of the index on PostgreSQL, as migrations 0010 and 0011 know it: frozen (see `schema`).

The column, its index and the functions that make words of a text are those of version 1
(`schema_postgresql_1`). The column is outside Django's models: no query of a page carries it. No
extension is needed: accents are taken off by `normalize`, and what is not a letter or a digit
becomes a space before PostgreSQL's parser sees it, which would otherwise take "blue/green" for a
file and "fox.com" for a host. Tokens for filters begin with "=", which no word contains. The names
of models have weight A, so that they can be looked for alone; the titles of conversations have B.
"""

from __future__ import annotations

from gallery.search import schema_postgresql_1

MARK = "="

# The lone "=" is no word: it keeps a phrase from reaching over the end of a text. A post without a
# title has the document of version 1, so that an upgrade leaves it alone. What is in the trash is
# not searched: neither posts nor titles.
POST_FUNCTION = """
    CREATE OR REPLACE FUNCTION gallery_search_post() RETURNS trigger LANGUAGE plpgsql AS $body$
    DECLARE
        keys text[];
        names text;
        titles text;
    BEGIN
        new.search := NULL;
        IF new.deleted_at IS NULL THEN
            SELECT coalesce(array_agg(DISTINCT model), '{}'),
                coalesce(string_agg(DISTINCT model_name, ', '), '')
            INTO keys, names
            FROM gallery_generatedimage WHERE post_id = new.id;
            SELECT string_agg(DISTINCT conversation.title, ', ')
            INTO titles
            FROM gallery_generatedimage AS image
            JOIN gallery_editturn AS turn ON turn.id = image.turn_id
            JOIN gallery_editconversation AS conversation ON conversation.id = turn.conversation_id
            WHERE image.post_id = new.id AND conversation.deleted_at IS NULL;
            new.search := gallery_search_words(new.prompt)
                || '''='':1'::tsvector || gallery_search_words(new.caption)
                || '''='':1'::tsvector || setweight(gallery_search_words(names), 'A')
                || array_to_tsvector(ARRAY[
                    '=o' || new.owner_id,
                    CASE new.status WHEN 'edited' THEN '=kedited' ELSE '=kcreated' END,
                    '=a' || encode(convert_to(new.aspect_ratio, 'UTF8'), 'hex'),
                    '=v' || new.visibility,
                    '=y' || greatest(extract(year FROM new.created_at AT TIME ZONE 'UTC'), 2020),
                    '=t' || to_char(new.created_at AT TIME ZONE 'UTC', 'YYYYMM'),
                    coalesce('=p' || new.project_id, '=')
                ])
                || array_to_tsvector(ARRAY(
                    SELECT '=m' || encode(convert_to(key, 'UTF8'), 'hex') FROM unnest(keys) AS key
                ));
            IF titles IS NOT NULL THEN
                new.search := new.search
                    || '''='':1'::tsvector || setweight(gallery_search_words(titles), 'B');
            END IF;
        END IF;
        RETURN new;
    END
    $body$
"""

# The locks come first, posts before conversations: of two transactions that change the pictures of
# one post, or a picture's turn and its title, the second one sees what the first one did.
IMAGE_FUNCTION = """
    CREATE OR REPLACE FUNCTION gallery_search_image() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF tg_op <> 'DELETE' THEN
            PERFORM 1 FROM gallery_post WHERE id = new.post_id FOR NO KEY UPDATE;
            PERFORM 1 FROM gallery_editconversation WHERE id = (
                SELECT conversation_id FROM gallery_editturn WHERE id = new.turn_id
            ) FOR NO KEY UPDATE;
        END IF;
        -- Four pictures by one model are one change of the document, not four.
        IF tg_op = 'INSERT' AND EXISTS (
            SELECT 1 FROM gallery_generatedimage
            WHERE post_id = new.post_id AND id <> new.id
            AND turn_id IS NOT DISTINCT FROM new.turn_id
            AND model = new.model AND model_name = new.model_name
        ) THEN
            RETURN NULL;
        END IF;
        -- A conversation out of the trash is deleted for good without a word to the index: its
        -- title is in it no more. A turn that is gone already counts as one with a title.
        IF tg_op = 'UPDATE'
            AND (old.post_id, old.model, old.model_name)
            IS NOT DISTINCT FROM (new.post_id, new.model, new.model_name)
            AND num_nonnulls(old.turn_id, new.turn_id) = (
                SELECT count(*) FROM gallery_editturn AS turn
                JOIN gallery_editconversation AS conversation
                ON conversation.id = turn.conversation_id
                WHERE turn.id IN (old.turn_id, new.turn_id) AND conversation.deleted_at IS NOT NULL
            )
        THEN
            RETURN NULL;
        END IF;
        IF tg_op <> 'INSERT' THEN
            UPDATE gallery_post SET search = NULL WHERE id = old.post_id AND deleted_at IS NULL;
        END IF;
        IF tg_op = 'INSERT' OR (tg_op = 'UPDATE' AND old.post_id <> new.post_id) THEN
            UPDATE gallery_post SET search = NULL WHERE id = new.post_id AND deleted_at IS NULL;
        END IF;
        RETURN NULL;
    END
    $body$
"""

# Also those in the trash are locked: one that is restored at this moment is live in the second
# statement. A turn stays in its conversation, and is deleted after its pictures have forgotten it.
_CONVERSATION_FUNCTION = """
    CREATE FUNCTION gallery_search_conversation() RETURNS trigger LANGUAGE plpgsql AS $body$
    DECLARE
        posts bigint[];
    BEGIN
        SELECT array_agg(id) INTO posts FROM (
            SELECT id FROM gallery_post WHERE id IN (
                SELECT image.post_id FROM gallery_editturn AS turn
                JOIN gallery_generatedimage AS image ON image.turn_id = turn.id
                WHERE turn.conversation_id = new.id
            ) ORDER BY id FOR NO KEY UPDATE
        ) AS locked;
        UPDATE gallery_post SET search = NULL WHERE id = ANY (posts) AND deleted_at IS NULL;
        RETURN NULL;
    END
    $body$
"""

NO_IMAGE_UPDATE = "DROP TRIGGER gallery_image_search_update ON gallery_generatedimage"

IMAGE_UPDATE = """
    CREATE TRIGGER gallery_image_search_update
    AFTER UPDATE OF post_id, model, model_name, turn_id ON gallery_generatedimage
    FOR EACH ROW WHEN (
        (old.post_id, old.model, old.model_name, old.turn_id)
        IS DISTINCT FROM (new.post_id, new.model, new.model_name, new.turn_id)
    ) EXECUTE FUNCTION gallery_search_image()
"""

UPGRADE = (
    POST_FUNCTION,
    IMAGE_FUNCTION,
    _CONVERSATION_FUNCTION,
    NO_IMAGE_UPDATE,
    IMAGE_UPDATE,
    """
    CREATE TRIGGER gallery_conversation_search
    AFTER UPDATE OF title, deleted_at ON gallery_editconversation
    FOR EACH ROW WHEN (
        CASE WHEN old.deleted_at IS NULL THEN old.title END
        IS DISTINCT FROM CASE WHEN new.deleted_at IS NULL THEN new.title END
    ) EXECUTE FUNCTION gallery_search_conversation()
    """,
)

DOWNGRADE = (
    "DROP TRIGGER gallery_conversation_search ON gallery_editconversation",
    "DROP FUNCTION gallery_search_conversation()",
    NO_IMAGE_UPDATE,
    schema_postgresql_1.POST_FUNCTION,
    schema_postgresql_1.IMAGE_FUNCTION,
    schema_postgresql_1.IMAGE_UPDATE,
)

FILL_TITLES = (
    """
    UPDATE gallery_post SET search = NULL WHERE deleted_at IS NULL AND id IN (
        SELECT image.post_id FROM gallery_generatedimage AS image
        JOIN gallery_editturn AS turn ON turn.id = image.turn_id
        JOIN gallery_editconversation AS conversation ON conversation.id = turn.conversation_id
        WHERE image.turn_id IS NOT NULL AND conversation.deleted_at IS NULL
    )
    """,
)
