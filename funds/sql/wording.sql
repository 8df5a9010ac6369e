-- A fund's letterhead and words: each version is written once and never changes, and neither does a picture that one names.

-- Whether paragraphs are known ones, of text alone, in which nothing stands in braces but the names that letters fill in.
CREATE FUNCTION letter_words_are_plain(words jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_typeof(words) = 'object' AND NOT EXISTS (
        SELECT FROM jsonb_each(CASE jsonb_typeof(words) WHEN 'object' THEN words ELSE '{}' END) AS w (key, value)
         WHERE w.key !~ '^(capital_call|reminder|default|distribution|refund|cancellation|statement)_(opening|closing)$'
            OR jsonb_typeof(w.value) <> 'string'
            OR length(w.value #>> '{}') NOT BETWEEN 1 AND 1200
            OR regexp_replace(w.value #>> '{}', '\{(partner|fund|number|amount|due_date)\}', '', 'g') ~ '[{}]')
$$;

CREATE FUNCTION guard_letter_image() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF octet_length(NEW.content) NOT BETWEEN 1 AND 600000 OR encode(sha256(NEW.content), 'hex') <> NEW.sha256 THEN
        PERFORM refuse('letter_image_is_what_its_hash_says', 'A picture is bounded, and known by its hash.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_letter_image BEFORE INSERT ON letter_images FOR EACH ROW EXECUTE FUNCTION guard_letter_image();

CREATE FUNCTION guard_letter_wording() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM funds WHERE id = NEW.fund_id FOR NO KEY UPDATE;
    IF NEW.version <> (SELECT coalesce(max(w.version), 0) + 1 FROM letter_wordings w WHERE w.fund_id = NEW.fund_id)
       OR EXISTS (SELECT FROM letter_images i WHERE i.id IN (NEW.logo_id, NEW.signature_id) AND i.fund_id <> NEW.fund_id) THEN
        PERFORM refuse('letter_wordings_follow_each_other', 'A version follows the one before, with pictures of its own fund.');
    END IF;
    IF NOT letter_words_are_plain(NEW.words) THEN
        PERFORM refuse('letter_words_are_plain', 'Paragraphs are text, with known names in braces.');
    END IF;
    PERFORM require_approved_change('wording', ARRAY[NEW.fund_id], NULL, 'letter_wordings', to_jsonb(NEW),
                                    '{head_lines,logo_id,signature_id,words}');
    RETURN NEW;
END $$;

CREATE TRIGGER guard_letter_wording BEFORE INSERT ON letter_wordings FOR EACH ROW EXECUTE FUNCTION guard_letter_wording();

CALL keep_rows('letter_wordings_are_kept', 'UPDATE OR DELETE OR TRUNCATE', 'letter_wordings', 'letter_images');

REVOKE EXECUTE ON FUNCTION guard_letter_image(), guard_letter_wording() FROM PUBLIC;
