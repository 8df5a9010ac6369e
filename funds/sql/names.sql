-- Names that are the same to the eye: no fund takes one that a reader takes for another fund's.

-- The letters that a reader sees in a name, in lower case, with its spaces and points. Wide, accented and ornate letters are what
-- they are without; letters of other scripts are the Latin letters and digits that Unicode's confusables.txt (version 15.1) calls
-- confusable with them, in either case; what is blank or drawn not at all is not there.
CREATE FUNCTION letters_seen_in(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT lower(CASE WHEN octet_length(name) = char_length(name) THEN name ELSE replace(replace(
        translate(regexp_replace(normalize(name, NFKD), '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E' ||
                                 '\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A' ||
                                 '\U000E0000-\U000E0FFF]', '', 'g'),
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
            'ıŁłƖƗƚǀȽɨɩɪɫɭΙιІіӀӏ۱ᎥᏞᒪᛁᣳᵻᵼ∣⍳⍸⏽│➀ⱢⲒⲓⳐⳑⵏꓡꓲꙆꙇꞮꭵꮮ𐊊𐌉𐌠𐐛𐑃𐔦𑢣𑢲𑣃𑣒𖼖𖼨𝈪׀וןا١ߊ¦' ||
            'ɈɉʝͿϳЈјᎫᒍꓙꞲꭻ' ||
            'ƘƙΚκКкҚқҞҟᏦᛕ₭ⱩⱪⲔⲕꓗꝀꝁꮶ𐔘' ||
            'ΜμϺϻМмӍӎᎷᗰᛖⲘⲙꓟꭑꮇ𐊰𐌑' ||
            'ƝƞȠɲɳΝηՈՌոռᵰⲚⲛꓠ𐆎𐔓' ||
            'ØøƟɵΘΟΣθοςσОоѲѳӨөՕօ۵०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᎤᎾᏫᲂᲿᴏᴑ⊖⊝⍬Ⲟⲟⴱⵁⵔ〇ꓳꝊꝋꬽꬾꭴꮎꮻ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢨𑢵𑢷𑣈𑣗𑣠𝈚🄍🜔סه٥ھہە' ||
            'ƤƥΡρРрᏢᑭᣖᵽ℗⍴ⱣⲢⲣꓑꮲ𐊕' ||
            'ʠԚԛԳԶգզⵕ' ||
            '®ƦɌɍɼɽʀГгҒғᎡᎱᏒᖇᣴᴦᵲⱤⲄⲅꓣꭇꭈꭱꮁꮢ𐒴𐓜𖼵𝈖' ||
            'ƽʂЅѕՏտᏕᏚᣵᵴꓢꜱꟅꮥꮪ𐊖𐐠𐑈𑢡𑣁𖼺' ||
            'ŦŧƫƬƭƮȾʈΤτТтҬҭᎢᲄᲅᵵ₮⊤⍡⟙ⱦⲦⲧꓔꭲ𐊗𐊱𐌕𑢼𖼊🝨' ||
            'ƲɄʉʋυՍսሀᏌᑌᴜᵾ∪⋃ꓴꞞꞟꭎꭒꮜ𐓎𐓶𑢸𑣘𖽂' ||
            'νѴѵ۷Ꮩᐯᴠ∨⋁ⴸꓦꛟꮩ𐆗𐔝𑜆𑢠𑣀𖼈𝈍🜈ט٧' ||
            'ƜɯѠѡѼѽԜԝԱաᎳᏔᴡ₩ꓪꝠꝡꮃꮤ𑓅𑜊𑜎𑜏𑣦𑣯' ||
            '×ΧχХхҲҳᕁᕽ᙭ᚷ╳⤫⤬⨯⨰ⲬⲭⵝꓫꞳꭓ𐆖𐊐𐊴𐌗𐌢𐔧𑣬' ||
            '¥ƔƳƴɎɏɣʏΓΥγУуҮүҰұყᎩᎽᲧᶌỾỿⲨⲩꓬꭚꭹꮍ𐊲𑢤𑣜𖽃' ||
            'ƵƶȤȥʐΖζᏃᙆᴢᵶꓜꮓ𐋵𑢩𑣄𑣉𑣥',
            repeat('2', 12) || repeat('3', 21) || repeat('4', 5) || repeat('5', 4) || repeat('6', 7) ||
            repeat('7', 5) || repeat('8', 6) || repeat('9', 13) || repeat('a', 14) || repeat('b', 35) ||
            repeat('c', 25) || repeat('d', 22) || repeat('e', 21) || repeat('f', 19) || repeat('g', 17) ||
            repeat('h', 34) || repeat('i', 66) || repeat('j', 12) || repeat('k', 22) || repeat('m', 18) ||
            repeat('n', 17) || repeat('o', 84) || repeat('p', 18) || repeat('q', 8) || repeat('r', 31) ||
            repeat('s', 21) || repeat('t', 33) || repeat('u', 25) || repeat('v', 23) || repeat('w', 25) ||
            repeat('x', 29) || repeat('y', 34) || repeat('z', 18)), 'ǁ', 'll'), 'װ', 'll') END)
$$;

-- How legal forms are written out, and in short: letters alone, with i for l, as `seen_as` reads them.
CREATE FUNCTION short_legal_forms(name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    form text[];
BEGIN
    FOREACH form SLICE 1 IN ARRAY ARRAY[
        ['iimitediiabiiitycompany', 'iic'], ['iimitediiabiiitypartnership', 'iip'], ['pubiiciimitedcompany', 'pic'],
        ['iimitedpartnership', 'ip'], ['iimited', 'itd'], ['incorporated', 'inc'], ['corporation', 'corp'], ['company', 'co'],
        ['geseiischaftmitbeschrankterhaftung', 'gmbh'], ['geseiischaftmitbeschraenkterhaftung', 'gmbh'],
        ['kommanditgeseiischaft', 'kg'], ['aktiengeseiischaft', 'ag'], ['societearesponsabiiiteiimitee', 'sari'],
        ['societeencommanditespeciaie', 'scsp'], ['societeencommanditesimpie', 'scs'], ['societeanonyme', 'sa'],
        ['besiotenvennootschap', 'bv'], ['commanditairevennootschap', 'cv'], ['naamiozevennootschap', 'nv']] LOOP
        name := replace(name, form[1], form[2]);
    END LOOP;
    RETURN name;
END $$;

-- What is left of seen letters: no space, point, "and" or "&"; I is not told from l and 1, O from 0, m from rn, d from cl, w from
-- vv, nor a legal form from what it is short for.
CREATE FUNCTION skeleton_of(seen text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT replace(replace(replace(public.short_legal_forms(translate(
        regexp_replace(regexp_replace(seen, '\m(and|und|et)\M', '', 'g'), '[^[:alnum:]|]', '', 'g'), 'l1|0', 'iiio')),
        'rn', 'm'), 'ci', 'd'), 'vv', 'w')
$$;

-- How a name may be read: with its signs left out and its digits as numbers; and with signs and digits in words as the letters
-- that they look like ("P4rtner$"), a stroke or bracket of any kind as I. A word has two letters or more: Fund 4 and Fund A differ, as Fund I
-- and Fund II do. No two digits are the same letter. Two names look alike that may be read as the same.
CREATE FUNCTION seen_as(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY[coalesce(nullif(public.skeleton_of(seen), ''), name), coalesce(nullif(public.skeleton_of(
               (SELECT string_agg(CASE WHEN length(translate(word, '0123456789|', '')) > 1
                                       THEN translate(word, '23456789', 'zeasgtbq') ELSE word END, ' ' ORDER BY place)
                  FROM regexp_split_to_table(translate(seen, '!¡/⁄∕╱⧸\∖╲⧵⧹[]$@€£', 'iiiiiiiiiiiiiisael'), '[^[:alnum:]|]+') WITH ORDINALITY
                       AS words (word, place))), ''), name)]
      FROM (SELECT public.letters_seen_in(name) AS seen) l
$$;

CREATE FUNCTION looks_like(one text, other text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.seen_as(one) && public.seen_as(other)
$$;

-- Two who name their funds at once take turns: the second sees the first one's name.
CREATE FUNCTION guard_fund_names() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('names of funds', 0));
    IF EXISTS (SELECT FROM funds f WHERE f.id <> NEW.id
                  AND (seen_as(f.name) || seen_as(f.legal_name)) && (seen_as(NEW.name) || seen_as(NEW.legal_name))) THEN
        PERFORM refuse('fund_names_differ_to_the_eye', 'This name looks like one that is taken.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_fund_names_when_opened AFTER INSERT ON funds FOR EACH ROW EXECUTE FUNCTION guard_fund_names();
CREATE TRIGGER guard_fund_names_when_renamed AFTER UPDATE OF name, legal_name ON funds
    FOR EACH ROW WHEN ((NEW.name, NEW.legal_name) IS DISTINCT FROM (OLD.name, OLD.legal_name))
    EXECUTE FUNCTION guard_fund_names();

REVOKE EXECUTE ON FUNCTION guard_fund_names() FROM PUBLIC;
