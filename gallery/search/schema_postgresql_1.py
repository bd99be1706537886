"""Version 1 of the index on PostgreSQL, as migrations 0004 to 0009 know it: frozen (see `schema`).

A column `search` of posts, written by triggers, with a GIN index.
The column is outside Django's models: no query of a page carries it. No extension is needed:
accents are taken off by `normalize`, and what is not a letter or a digit becomes a space before
PostgreSQL's parser sees it, which would otherwise take "blue/green" for a file and "fox.com" for
a host. Tokens for filters begin with "=", which no word contains. The names of models have weight
A, so that they can be looked for alone; the titles of conversations are to have B.
"""

from __future__ import annotations

MARK = "="

# What ends a word: every sign of the scripts that people write in (all of the first 65,536
# characters that Unicode calls neither letter nor number nor mark), and emoji. For PostgreSQL
# itself an Arabic comma would belong to the word before it.
_SEPARATORS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8"
    r"\u00bb\u00bf\u00d7\u00f7\u02c2-\u02c5\u02d2-\u02df\u02e5-\u02eb\u02ed\u02ef-\u02ff\u0375"
    r"\u037e\u0384-\u0385\u0387\u03f6\u0482\u055a-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05c6"
    r"\u05f3-\u060f\u061b-\u061f\u066a-\u066d\u06d4\u06dd-\u06de\u06e9\u06fd-\u06fe"
    r"\u0700-\u070f\u07f6-\u07f9\u07fe-\u07ff\u0830-\u083e\u085e\u0888\u0890-\u0891\u08e2"
    r"\u0964-\u0965\u0970\u09f2-\u09f3\u09fa-\u09fb\u09fd\u0a76\u0af0-\u0af1\u0b70"
    r"\u0bf3-\u0bfa\u0c77\u0c7f\u0c84\u0d4f\u0d79\u0df4\u0e3f\u0e4f\u0e5a-\u0e5b\u0f01-\u0f17"
    r"\u0f1a-\u0f1f\u0f34\u0f36\u0f38\u0f3a-\u0f3d\u0f85\u0fbe-\u0fc5\u0fc7-\u0fda"
    r"\u104a-\u104f\u109e-\u109f\u10fb\u1360-\u1368\u1390-\u1399\u1400\u166d-\u166e\u1680"
    r"\u169b-\u169c\u16eb-\u16ed\u1735-\u1736\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a\u180e"
    r"\u1940-\u1945\u19de-\u19ff\u1a1e-\u1a1f\u1aa0-\u1aa6\u1aa8-\u1aad\u1b5a-\u1b6a"
    r"\u1b74-\u1b7e\u1bfc-\u1bff\u1c3b-\u1c3f\u1c7e-\u1c7f\u1cc0-\u1cc7\u1cd3\u1fbd"
    r"\u1fbf-\u1fc1\u1fcd-\u1fcf\u1fdd-\u1fdf\u1fed-\u1fef\u1ffd-\u206f\u207a-\u207e"
    r"\u208a-\u208e\u20a0-\u20c0\u2100-\u2101\u2103-\u2106\u2108-\u2109\u2114\u2116-\u2118"
    r"\u211e-\u2123\u2125\u2127\u2129\u212e\u213a-\u213b\u2140-\u2144\u214a-\u214d\u214f"
    r"\u218a-\u244a\u249c-\u24e9\u2500-\u2775\u2794-\u2bff\u2ce5-\u2cea\u2cf9-\u2cfc"
    r"\u2cfe-\u2cff\u2d70\u2e00-\u2e2e\u2e30-\u3004\u3008-\u3020\u3030\u3036-\u3037"
    r"\u303d-\u303f\u309b-\u309c\u30a0\u30fb\u3190-\u3191\u3196-\u319f\u31c0-\u31e3"
    r"\u3200-\u321e\u322a-\u3247\u3250\u3260-\u327f\u328a-\u32b0\u32c0-\u33ff\u4dc0-\u4dff"
    r"\ua490-\ua4c6\ua4fe-\ua4ff\ua60d-\ua60f\ua673\ua67e\ua6f2-\ua716\ua720-\ua721"
    r"\ua789-\ua78a\ua828-\ua82b\ua836-\ua839\ua874-\ua877\ua8ce-\ua8cf\ua8f8-\ua8fa\ua8fc"
    r"\ua92e-\ua92f\ua95f\ua9c1-\ua9cd\ua9de-\ua9df\uaa5c-\uaa5f\uaa77-\uaa79\uaade-\uaadf"
    r"\uaaf0-\uaaf1\uab5b\uab6a-\uab6b\uabeb\ue000-\uf8ff\ufb29\ufbb2-\ufbc2\ufd3e-\ufd4f"
    r"\ufdcf\ufdfc-\ufdff\ufe10-\ufe19\ufe30-\ufe6b\ufeff-\uff0f\uff1a-\uff20\uff3b-\uff40"
    r"\uff5b-\uff65\uffe0-\uffff"
    r"\U0001f000-\U0001faff"
)

# The lone "=" is no word: it keeps a phrase from reaching over the end of a text.
POST_FUNCTION = """
    CREATE OR REPLACE FUNCTION gallery_search_post() RETURNS trigger LANGUAGE plpgsql AS $body$
    DECLARE
        keys text[];
        names text;
    BEGIN
        new.search := NULL;
        IF new.deleted_at IS NULL THEN
            SELECT coalesce(array_agg(DISTINCT model), '{}'),
                coalesce(string_agg(DISTINCT model_name, ', '), '')
            INTO keys, names
            FROM gallery_generatedimage WHERE post_id = new.id;
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
        END IF;
        RETURN new;
    END
    $body$
"""

# The lock comes first: of two transactions that change the pictures of one post, the second
# one sees what the first one did.
IMAGE_FUNCTION = """
    CREATE OR REPLACE FUNCTION gallery_search_image() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF tg_op = 'INSERT' THEN
            PERFORM 1 FROM gallery_post WHERE id = new.post_id FOR NO KEY UPDATE;
            -- Four pictures by one model are one change of the document, not four.
            IF EXISTS (
                SELECT 1 FROM gallery_generatedimage
                WHERE post_id = new.post_id AND id <> new.id
                AND model = new.model AND model_name = new.model_name
            ) THEN
                RETURN NULL;
            END IF;
        END IF;
        IF tg_op <> 'INSERT' THEN
            UPDATE gallery_post SET search = NULL WHERE id = old.post_id AND deleted_at IS NULL;
        END IF;
        IF tg_op <> 'DELETE' THEN
            UPDATE gallery_post SET search = NULL WHERE id = new.post_id AND deleted_at IS NULL;
        END IF;
        RETURN NULL;
    END
    $body$
"""

IMAGE_UPDATE = """
    CREATE TRIGGER gallery_image_search_update
    AFTER UPDATE OF post_id, model, model_name ON gallery_generatedimage
    FOR EACH ROW WHEN (
        (old.post_id, old.model, old.model_name)
        IS DISTINCT FROM (new.post_id, new.model, new.model_name)
    ) EXECUTE FUNCTION gallery_search_image()
"""

INSTALL = (
    # A database made with the locale "C" lowers ASCII letters only, unless told otherwise.
    r"""
    DO $install$
    DECLARE
        letters text := coalesce((
            SELECT 'COLLATE pg_catalog.' || quote_ident(collname) FROM pg_collation
            WHERE collname IN ('pg_c_utf8', 'und-x-icu') AND collencoding IN (-1, 6)
            ORDER BY collname LIMIT 1
        ), '');
    BEGIN
        EXECUTE format($make$
            CREATE FUNCTION gallery_search_fold(value text) RETURNS text
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
                SELECT regexp_replace(
                    regexp_replace(
                        normalize(lower(value %s), NFD), '[\u0300-\u036f]+', '', 'g'
                    ),
                    '[SEPARATORS]+', ' ', 'g'
                )
            $body$
        $make$, letters);
    END
    $install$
    """.replace("SEPARATORS", _SEPARATORS),
    # Longer texts than any form takes are cut: an index must never keep a post from being saved.
    """
    CREATE FUNCTION gallery_search_words(value text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
        SELECT to_tsvector('pg_catalog.simple', gallery_search_fold(left(value, 50000)))
    $body$
    """,
    # One word, or several one after the other; the last of them may be a beginning only.
    """
    CREATE FUNCTION gallery_search_phrase(value text, is_prefix boolean, weight text)
    RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
        SELECT CASE WHEN phrase = '' OR (weight = '' AND NOT is_prefix) THEN phrase::tsquery
        ELSE (
            CASE WHEN weight = '' THEN phrase
            ELSE replace(phrase, ''' <-> ', ''':' || weight || ' <-> ') END
            || ':' || weight || CASE WHEN is_prefix THEN '*' ELSE '' END
        )::tsquery END
        FROM (
            SELECT phraseto_tsquery('pg_catalog.simple', gallery_search_fold(value))::text
        ) AS of_words (phrase)
    $body$
    """,
    "ALTER TABLE gallery_post ADD COLUMN search tsvector",
    POST_FUNCTION,
    IMAGE_FUNCTION,
)

# Most changes of a post (its status, its revision, a counter) are none of the index's business.
_OF_POST = (
    *("owner_id", "project_id", "prompt", "caption"),
    *("aspect_ratio", "visibility", "created_at", "deleted_at", "search"),
)
_POST_CHANGED = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in _OF_POST)

TRIGGERS = (
    """
    CREATE TRIGGER gallery_post_search_insert BEFORE INSERT ON gallery_post
    FOR EACH ROW EXECUTE FUNCTION gallery_search_post()
    """,
    f"""
    CREATE TRIGGER gallery_post_search_update
    BEFORE UPDATE OF status, {", ".join(_OF_POST)} ON gallery_post
    FOR EACH ROW WHEN (
        {_POST_CHANGED} OR (old.status = 'edited') <> (new.status = 'edited')
        OR (new.search IS NULL AND new.deleted_at IS NULL)
    ) EXECUTE FUNCTION gallery_search_post()
    """,
    """
    CREATE TRIGGER gallery_image_search AFTER INSERT OR DELETE ON gallery_generatedimage
    FOR EACH ROW EXECUTE FUNCTION gallery_search_image()
    """,
    IMAGE_UPDATE,
)

FILL = (
    "UPDATE gallery_post SET search = NULL WHERE deleted_at IS NULL",
    # Without a list of pending entries: a save that has to work that off takes 37 ms, not 1.
    """
    CREATE INDEX gallery_post_search ON gallery_post USING gin (search) WITH (fastupdate = off)
    """,
)

NO_TRIGGERS = (
    "DROP TRIGGER IF EXISTS gallery_post_search_insert ON gallery_post",
    "DROP TRIGGER IF EXISTS gallery_post_search_update ON gallery_post",
    "DROP TRIGGER IF EXISTS gallery_image_search ON gallery_generatedimage",
    "DROP TRIGGER IF EXISTS gallery_image_search_update ON gallery_generatedimage",
)

REMOVE = (
    "ALTER TABLE gallery_post DROP COLUMN search",
    "DROP FUNCTION gallery_search_post()",
    "DROP FUNCTION gallery_search_image()",
    "DROP FUNCTION gallery_search_phrase(text, boolean, text)",
    "DROP FUNCTION gallery_search_words(text)",
    "DROP FUNCTION gallery_search_fold(text)",
)
