"""Version 3 of the index on PostgreSQL, as migrations 0012 to 0014 know it: frozen (see `schema`).

The column, its index and the functions that make words of a text are those of version 1
(`schema_postgresql_1`), the other functions and the triggers those of version 2. The column is
outside Django's models: no query of a page carries it. No extension is needed: accents are taken
off by `normalize`, and what is not a letter or a digit becomes a space before PostgreSQL's parser
sees it, which would otherwise take "blue/green" for a file and "fox.com" for a host. Tokens for
filters begin with "=", which no word contains. The names of models have weight A, so that they can
be looked for alone; the titles of conversations have B, captions C and prompts D: strangers search
A and C.
"""

from __future__ import annotations

from gallery.search import schema_postgresql_2

MARK = "="

# The lone "=" is no word: it keeps a phrase from reaching over the end of a text. What is in the
# trash is not searched: neither posts nor titles.
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
                || '''='':1'::tsvector || setweight(gallery_search_words(new.caption), 'C')
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

UPGRADE = (POST_FUNCTION,)

DOWNGRADE = (schema_postgresql_2.POST_FUNCTION,)

# A post without a caption has the same document in both versions.
FILL_CAPTIONS = (
    "UPDATE gallery_post SET search = NULL WHERE deleted_at IS NULL AND caption <> ''",
)
