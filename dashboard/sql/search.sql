-- What somebody looks for, read as the columns `folded` are written (blackgem/lib/folding.py).
CREATE FUNCTION search_text(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ' ' || replace(encode(btrim(regexp_replace(translate(replace(replace(replace(lower(
       regexp_replace(normalize(written, NFKD), '[\u0300-\u036f''’‘ʼ`´.]', '', 'g')),
       'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđħıŧðς', 'oldhitdσ'),
       '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))::bytea, 'escape'), '\', '~');

-- Its words. Folded text holds no sign that LIKE would read as anything else.
CREATE FUNCTION search_words(written text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT coalesce(array_agg(DISTINCT word), '{}')
          FROM unnest(string_to_array(search_text(written), ' ')) word WHERE word <> '');

-- Each word as a pattern: anywhere in the text or, where it has only one or two letters, at the beginning of a word.
CREATE FUNCTION search_patterns(written text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT coalesce(array_agg(CASE WHEN length(word) < 3 THEN '% ' ELSE '%' END || word || '%'), '{}')
          FROM unnest(search_words(written)) word);

-- The pattern of the longest word, which an index narrows most by; null, which nothing is like, where there is no word.
CREATE FUNCTION search_pattern(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT pattern FROM unnest(search_patterns(written)) pattern ORDER BY length(pattern) DESC, pattern LIMIT 1);

-- How well a folded text fits: 0 it is just that, 1 begins with it, 2 a word of it does, 3 has all words, 4 is only similar.
CREATE FUNCTION search_rank(folded text, written text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN folded = search_text(written) THEN 0
            WHEN folded LIKE search_text(written) || '%' THEN 1
            WHEN folded LIKE '%' || search_text(written) || '%' THEN 2
            WHEN folded LIKE ALL (search_patterns(written)) THEN 3
            ELSE 4 END;
