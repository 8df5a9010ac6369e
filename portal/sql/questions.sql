-- Questions about an investor's part, and answers: who may write which, about what, and how often.
CREATE FUNCTION guard_part_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kind NOT IN ('capital_call', 'distribution') THEN
        RETURN NEW;  -- the check on the column refuses it
    END IF;
    IF NOT EXISTS (SELECT FROM capital_call_items i JOIN capital_calls k ON k.id = i.call_id
                    WHERE NEW.kind = 'capital_call' AND i.id = NEW.item_id AND k.id = NEW.subject_id
                      AND k.fund_id = NEW.fund_id AND i.commitment_id = NEW.commitment_id AND k.approved_at IS NOT NULL)
       AND NOT EXISTS (SELECT FROM distribution_items i JOIN distributions d ON d.id = i.distribution_id
                        WHERE NEW.kind = 'distribution' AND i.id = NEW.item_id AND d.id = NEW.subject_id
                          AND d.fund_id = NEW.fund_id AND i.commitment_id = NEW.commitment_id AND d.sent_at IS NOT NULL) THEN
        PERFORM refuse('message_is_about_an_issued_part', 'A question is about a part of what was issued.');
    END IF;
    IF NEW.from_fund THEN
        IF NOT EXISTS (SELECT FROM users u LEFT JOIN fund_memberships m
                              ON m.user_id = u.id AND m.fund_id = NEW.fund_id AND m.role = 'manager'
                        WHERE u.id = NEW.written_by_id AND u.is_active AND (u.is_superuser OR m.id IS NOT NULL))
           OR NOT EXISTS (SELECT FROM part_messages p WHERE p.kind = NEW.kind AND p.item_id = NEW.item_id) THEN
            PERFORM refuse('answer_is_by_a_manager_of_the_fund', 'A manager of the fund answers what was asked.');
        END IF;
        RETURN NEW;
    END IF;
    -- The lock lets a sight that ends at this moment go first or after.
    PERFORM FROM portal_grants g JOIN investor_contacts c ON c.id = g.contact_id AND c.user_id = NEW.written_by_id
      WHERE g.commitment_id = NEW.commitment_id FOR SHARE OF g;
    IF NOT FOUND THEN
        PERFORM refuse('question_is_by_who_sees_the_commitment', 'Who sees a commitment asks about it.');
    END IF;
    -- Ten in an hour of one person, also where several come at once.
    PERFORM pg_advisory_xact_lock(hashtextextended('part_messages', NEW.written_by_id));
    IF (SELECT count(*) FROM part_messages p WHERE p.written_by_id = NEW.written_by_id AND NOT p.from_fund
          AND p.written_at > NEW.written_at - interval '1 hour') >= 10 THEN
        PERFORM refuse('questions_are_not_too_many', 'Ten questions in an hour are enough.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_part_message BEFORE INSERT ON part_messages FOR EACH ROW EXECUTE FUNCTION guard_part_message();

CALL keep_rows('messages_are_append_only', 'UPDATE OR DELETE OR TRUNCATE', 'part_messages');

REVOKE EXECUTE ON FUNCTION guard_part_message() FROM PUBLIC;
