-- Names that are the same to the eye: no fund takes one that a reader takes for another fund's.

-- What a reader sees of a name. Wide, accented and ornate letters are what they are without; letters of other scripts are the
-- Latin letters and digits that Unicode's confusables.txt (version 15.1) calls confusable with them, in either case; no
-- case, space or punctuation is seen, nor I told from l and 1, O from 0, m from rn. "Fund I" and "Fund II" differ.
CREATE FUNCTION seen_as(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(nullif(replace(replace(regexp_replace(translate(lower(
        CASE WHEN octet_length(name) = char_length(name) THEN name ELSE translate(normalize(name, NFKD),
            'ƧƨƻϨϩᒿ➁ꙄꙅꛯꝚꝛ' ||
            'ƷȜȝɜʒЗзҘҙӠӡ➂ⳌⳍꝪꝫꞫ𑢪𑣊𖼻𝈆' ||
            'Ꮞ➃ꮞ𑢯𑣏' ||
            'Ƽ➄𑢻𑣛' ||
            'бᏮ➅Ⳓⳓꮾ𑣕' ||
            '➆𐓒𐓺𑣆𝈒' ||
            'Ȣȣ৪੪➇𐌚' ||
            '৭੧୨൭➈ⳊⳋꝮꝯ𑢬𑢶𑣌𑣖' ||
            'ɑΑαАаᎪᗅ⍶⍺Ɑꓮꭺ𐊠𖽀' ||
            'ƀƁƂƃƄƅɃɓΒβБВЬвьѢѣҌҍᏏᏴᏼᑲᑳᖯᗷᲀᲇꓐꞴꞵꮟ𐊂𐊡𐌁' ||
            '¢©ȻȼСсҪҫᏟᲃᴄ₡Ⲥⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜𑣩𑣲🅮🝌' ||
            'ÐðĐđƉƊƋƌɖɗԀԁᎠᏧᑯᗞᗪ₫ꓒꓓꭰꮷ' ||
            'ɆɇΕεЕеҼҽҾҿᎬ℮⋿ⴹꓰꬲꭼ𐊆𑢦𑢮𑣎' ||
            'ƑƒϜϝՔքᖴᵮẝꓝꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂𝈓' ||
            'ƍƓǤǥɠɡԌԍՑցᏀᏳᏻᶃꓖꞬꮐ' ||
            'ĦħɦΗЋНнћҢңҺһӇӈӉӊՀհᎻᏂᏲᏺᕼⱧⱨⲎⲏꓧꚔꚕꞪꮋꮒ𐋏' ||
            'ıŁłƖƗƚǀȽɨɩɪɫɭΙιІіӀӏ۱ᎥᏞᒪᛁᣳᵻᵼ∣⍳⍸⏽│➀ⱢⲒⲓⳐⳑⵏꓡꓲꙆꙇꞮꭵꮮ𐊊𐌉𐌠𐐛𐑃𐔦𑢣𑢲𑣃𑣒𖼖𖼨𝈪' ||
            'ɈɉʝͿϳЈјᎫᒍꓙꞲꭻ' ||
            'ƘƙΚκКкҚқҞҟᏦᛕ₭ⱩⱪⲔⲕꓗꝀꝁꮶ𐔘' ||
            'ΜμϺϻМмӍӎᎷᗰᛖⲘⲙꓟꭑꮇ𐊰𐌑' ||
            'ƝƞȠɲɳΝηՈՌոռᵰⲚⲛꓠ𐆎𐔓' ||
            'ØøƟɵΘΟΣθοςσОоѲѳӨөՕօ۵०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᎤᎾᏫᲂᲿᴏᴑ⊖⊝⍬Ⲟⲟⴱⵁⵔ〇ꓳꝊꝋꬽꬾꭴꮎꮻ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢨𑢵𑢷𑣈𑣗𑣠𝈚🄍🜔' ||
            'ƤƥΡρРрᏢᑭᣖᵽ℗⍴ⱣⲢⲣꓑꮲ𐊕' ||
            'ʠԚԛԳԶգզⵕ' ||
            '®ƦɌɍɼɽʀГгҒғᎡᎱᏒᖇᣴᴦᵲⱤⲄⲅꓣꭇꭈꭱꮁꮢ𐒴𐓜𖼵𝈖' ||
            'ƽʂЅѕՏտᏕᏚᣵᵴꓢꜱꟅꮥꮪ𐊖𐐠𐑈𑢡𑣁𖼺' ||
            'ŦŧƫƬƭƮȾʈΤτТтҬҭᎢᲄᲅᵵ₮⊤⍡⟙ⱦⲦⲧꓔꭲ𐊗𐊱𐌕𑢼𖼊🝨' ||
            'ƲɄʉʋυՍսሀᏌᑌᴜᵾ∪⋃ꓴꞞꞟꭎꭒꮜ𐓎𐓶𑢸𑣘𖽂' ||
            'νѴѵ۷Ꮩᐯᴠ∨⋁ⴸꓦꛟꮩ𐆗𐔝𑜆𑢠𑣀𖼈𝈍🜈' ||
            'ƜɯѠѡѼѽԜԝԱաᎳᏔᴡ₩ꓪꝠꝡꮃꮤ𑓅𑜊𑜎𑜏𑣦𑣯' ||
            '×ΧχХхҲҳᕁᕽ᙭ᚷ╳⤫⤬⨯⨰ⲬⲭⵝꓫꞳꭓ𐆖𐊐𐊴𐌗𐌢𐔧𑣬' ||
            '¥ƔƳƴɎɏɣʏΓΥγУуҮүҰұყᎩᎽᲧᶌỾỿⲨⲩꓬꭚꭹꮍ𐊲𑢤𑣜𖽃' ||
            'ƵƶȤȥʐΖζᏃᙆᴢᵶꓜꮓ𐋵𑢩𑣄𑣉𑣥',
            repeat('2', 12) || repeat('3', 21) || repeat('4', 5) || repeat('5', 4) || repeat('6', 7) || repeat('7', 5) ||
            repeat('8', 6) || repeat('9', 13) || repeat('a', 14) || repeat('b', 35) || repeat('c', 25) || repeat('d', 22)
            || repeat('e', 21) || repeat('f', 19) || repeat('g', 17) || repeat('h', 34) || repeat('i', 59) || repeat('j',
            12) || repeat('k', 22) || repeat('m', 18) || repeat('n', 17) || repeat('o', 78) || repeat('p', 18) ||
            repeat('q', 8) || repeat('r', 31) || repeat('s', 21) || repeat('t', 33) || repeat('u', 25) || repeat('v', 21)
            || repeat('w', 25) || repeat('x', 29) || repeat('y', 34) || repeat('z', 18))
        END), 'l1|0', 'iiio'), '[^[:alnum:]]', '', 'g'), 'rn', 'm'), 'vv', 'w'), ''), name)
$$;

-- Two who name their funds at once take turns: the second sees the first one's name.
CREATE FUNCTION guard_fund_names() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('names of funds', 0));
    IF EXISTS (SELECT FROM funds f WHERE f.id <> NEW.id
                  AND ARRAY[seen_as(f.name), seen_as(f.legal_name)] && ARRAY[seen_as(NEW.name), seen_as(NEW.legal_name)]) THEN
        PERFORM refuse('fund_names_differ_to_the_eye', 'This name looks like one that is taken.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_fund_names_when_opened AFTER INSERT ON funds FOR EACH ROW EXECUTE FUNCTION guard_fund_names();
CREATE TRIGGER guard_fund_names_when_renamed AFTER UPDATE OF name, legal_name ON funds
    FOR EACH ROW WHEN ((NEW.name, NEW.legal_name) IS DISTINCT FROM (OLD.name, OLD.legal_name))
    EXECUTE FUNCTION guard_fund_names();

REVOKE EXECUTE ON FUNCTION guard_fund_names() FROM PUBLIC;
