"""Words that tell where a name of a person stands: introductions, titles, greetings, closings, in many languages."""

from __future__ import annotations

import re

_TITLE = (
    r"(?-i:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Herr|Herrn|Frau|Mag|Ing|Dipl|Monsieur|Madame|"
    r"Mademoiselle|M|Mme|Mlle|"
    r"Se(?:ñ|n)or|Se(?:ñ|n)ora|Sr|Sra|Srta|Do(?:ñ|n)a|Signor|Signora|Sig|Dott|Senhor|Senhora|Dhr|Mevr|Mevrouw|"
    r"Meneer|Pan|Pani|Pana|"
    r"Aunt|Auntie|Uncle|Grandma|Grandpa|Agent|Officer|Nurse|Captain|Detective|Shri|Smt)\.?|se(?:ñ|n)ora?|herr|"
    r"frau|monsieur|madame"
)
_INTRODUCED = (
    r"my (?:full |first |last |real |legal )?name(?:'s| is| was)?|name(?: is|:| =)|i am called|"
    r"surname(?: is|:)?|"
    r"(?:first|last|full|given|family|maiden) name(?: is|:)?|mein name ist|min name isch|ich hei(?:ß|ss)e|"
    r"je m'appelle|je me nomme|mon nom est|"
    r"me llamo|mi nombre es|mi chiamo|il mio nome (?:è|e)|me chamo|(?:o )?meu nome (?:é|e)|mijn naam is|ik heet|"
    r"jag heter|mitt namn (?:är|er)|mit navn er|"
    r"jeg hedder|jeg heter|mitt navn er|nimeni on|nazywam si(?:ę|e)|mam na imi(?:ę|e)|jmenuji se|vol(?:á|a)m sa|"
    r"m(?:ă|a) numesc|a nevem|ad(?:ı|i)m|"
    r"nama saya|pangalan ko(?: ay)?|jina langu ni|t(?:ô|o)i t(?:ê|e)n l(?:à|a)|меня зовут|мене звати|мое имя|"
    r"με λένε|ονομάζομαι|اسمي|שמי|"
    r"казвам се|името ми е|менің атым|зовем се|zovem se|ime mi je|име ми е|mano vardas|mani sauc|minu nimi on|"
    r"(?:é|e)g heiti|em dic|ch(?:á|a)mome|volám sa|naitwa|ismim|m(?:ə|e)nim ad(?:ı|i)m|em t(?:ê|e)n|"
    r"mình t(?:ê|e)n|nama gue|orukọ mi ni"
)
_I_AM = (
    r"(?:i am|i'm|i’m|im|this is|it's|it’s|its|here is|hier ist|hier spricht|ich bin|bin die|bin der|je suis|"
    r"c'est|soy(?: la| el)?|sono|sou(?: a| o)?|"
    r"eu sou|ik ben|met|jag är|jeg er|olen|ben|si|ako si|ami|aquí|tu bin)"
)
_KIN = (
    r"(?:my|his|her|our|their|ur|your) (?:wife|husband|partner|spouse|fianc(?:é|e)e?|son|daughter|child|kid|brother|"
    r"sister|mother|mom|mum|father|dad|grandmother|grandfather|aunt|uncle|cousin|niece|nephew|"
    r"step(?:son|daughter|mother|father)|boss|manager|supervisor|colleague|co-?worker|friend|mate|roommate|flatmate|"
    r"neighbou?r|landlord|landlady|lawyer|attorney|doctor|dentist|nurse|teacher|tutor|coach|therapist|boyfriend|"
    r"girlfriend|bf|gf|hubby|ex|assistant)(?:'s name(?: is|:)?|,| is| named| called)?"
)
_NEAR = (
    r"(?:spoke|speaking|speak|talked|talking|talk|chatted|chatting|dealt) (?:with|to)|call me|named|ask(?:ed)? for|"
    r"(?:gift|present|card|"
    r"ticket|room|booking|booked) for|"
    r"under(?: the name(?: of)?)?|(?:please )?tell|can|could|add|attn\.?:?|c/o|contact(?: is|:)|from:|to:|cc:?|"
    r"holder(?: is|:)?|patient(?: is|:)?|"
    r"passenger(?: is|:)?|recipient(?: is|:)?|customer(?: is|:)|tenant|t\.?n\.?v\.?|lautend auf|"
    r"kontoinhaber(?:in)?:?|titulaire:?|titular:?|intestat[oa] a|beneficiary|payee|"
    r"(?:account|card|"
    r"phone|person|guy|lady|woman|man|rep|agent|line|desk)(?: is|,)|"
    rf"{_KIN}"
)
PERSON = re.compile(
    r"(?:(?:spoke|speaking|speak|talked|talking|talk|chatted|chatting|dealt) (?:with|to)|ask(?:ed)? for|named|"
    rf"(?:told|asked|emailed|contacted) by|{_KIN})[ :]{{1,2}}",
    re.IGNORECASE,
)
"""Words after which a name is one in small letters too, where it is in a list."""
TOLD = re.compile(
    r"(?<![^\W_])(?P<value>[^\W\d_]{3,20}) (?:told|promised|assured|emailed|texted|messaged) (?:me|us)\b", re.IGNORECASE
)
_GREETING = (
    r"dear|hi|hey|hello|hiya|good (?:morning|afternoon|evening)|liebe[rs]?|sehr geehrte[rs]?|hallo|moin|bonjour|"
    r"salut|cher|ch(?:è|e)re|hola|"
    r"estimad[oa]|querid[oa]|ol(?:á|a)|oi|prezad[oa]|ciao|gentile|caro|cara|beste|hoi|hej|k(?:ä|a)ra|cześć|"
    r"dzień dobry|привет|здравствуйте|thanks|"
    r"thank you|gracias|danke|merci|grazie|obrigad[oa]"
)
_CLOSING = (
    r"(?:(?:best|kind|warm|with|many) )?(?:regards|wishes|thanks)|best|cheers|sincerely|yours(?: truly|"
    r" sincerely| faithfully)?|thx|thanks|thank you|"
    r"tks|rgds|(?:mit )?(?:freundlichen|besten|lieben|herzlichen) gr(?:ü|u)(?:ß|ss)en|(?:beste|liebe|"
    r"viele) gr(?:ü|u)(?:ß|ss)e|gr(?:ü|u)(?:ß|ss)e|lg|vg|mfg|danke|"
    r"cordialement|bien (?:à|a) vous|amicalement|merci|saludos(?: cordiales)?|atentamente|gracias|un saludo|"
    r"cordiali saluti|distinti saluti|"
    r"saluti|grazie|atenciosamente|abra(?:ç|c)os|obrigad[oa]|groet(?:en|jes)?|met vriendelijke groet(?:en)?|mvh|"
    r"h(?:ä|a)lsningar|med venlig hilsen|"
    r"med vennlig hilsen|hilsen|terveisin|pozdrawiam|pozdrav|с уважением|спасибо|xoxo|love"
)
_LEFT = r"(?<![^\W_])"
CUES: tuple[tuple[str, re.Pattern[str], bool], ...] = (
    # Name of the rule, the words before a name, whether a name may be written small there.
    ("name-introduced", re.compile(rf"{_LEFT}(?:{_INTRODUCED})[\s:,]{{1,3}}", re.IGNORECASE), True),
    ("name-after-title", re.compile(rf"{_LEFT}(?:{_TITLE})[ ]{{1,2}}", re.IGNORECASE), False),
    ("name-after-i-am", re.compile(rf"{_LEFT}{_I_AM}[ ]{{1,2}}", re.IGNORECASE), False),
    ("name-in-greeting", re.compile(rf"{_LEFT}(?:{_GREETING})[ ,]{{1,2}}", re.IGNORECASE), False),
    ("name-after-words", re.compile(rf"{_LEFT}(?:{_NEAR})[\s:]{{1,2}}", re.IGNORECASE), False),
)
SIGNED = re.compile(rf"{_LEFT}(?:{_CLOSING})[,.!]{{0,3}}\s{{0,3}}(?:[-–—~]{{1,2}}\s?)?", re.IGNORECASE)
DASHED = re.compile(r"(?:\s|\A)[-–—~]{1,2}\s?(?=[^\W\d_]{2,20}\s*\Z)")
_HAN = r"[\u4e00-\u9fff]"
_CASELESS = r"[\u0530-\u06ff\u0900-\u0dff\u10a0-\u10ff]"
_THAI = r"[\u0e00-\u0e7f]"
BESIDE_CONTACT = re.compile(
    r"(?:^|[,;>|])[ ]?(?P<value>[^\W\d_][\w'’.-]{1,20}(?:[ ][^\W\d_][\w'’.-]{1,20}){1,2})"
    r"[ ,:;|(<·–-]{1,3}(?:[\w.+-]{1,64}@[\w-]{1,63}\.|\+\d)",
    re.MULTILINE,
)
NO_CAPITALS = (
    re.compile(
        rf"(?:我叫|我是|(?:姓名|收[件货貨]人|联系人|聯絡人)[是为为：: ]{{0,2}}|名字[是叫：: ]{{0,2}}|お?名前は)"
        rf"(?P<value>{_HAN}{{2,4}})(?![\u4e00-\u9fff]{{2}})"
    ),
    re.compile(
        rf"(?:(?<=[\s。、！,.])|\A)(?P<value>{_HAN}{{2,6}}|[\u30a0-\u30ff]{{2,12}})(?=です|と申します|といいます)"
    ),
    re.compile(
        rf"(?P<value>{_HAN}{{1,4}}|[\u30a0-\u30ff]{{2,8}}|[\uac00-\ud7a3]{{2,4}})(?=さん|様|先生|小姐|女士|님|씨)"
    ),
    re.compile(
        r"(?:이름은|성함은|저는)\s?(?P<value>[\uac00-\ud7a3]{2,4}?)(?=이고|입니다|이에요|예요|이라고|라고|[\s,.])"
    ),
    re.compile(
        rf"(?:ฉัน|ผม|หนู|เรา)ชื่อ(?:ว่า|คือ)?\s?(?P<value>{_THAI}{{2,24}}"
        rf"(?:\s(?!เบอร์|โทร|ค่ะ|ครับ|เลข|อยาก|ต้อง|สั่ง|อยู่){_THAI}{{2,24}})?)"
    ),
    re.compile(
        r"(?:اسمي|أنا|اسم من|نام من|میرا نام|שמי|אני|मेरा नाम|माझे नाव|আমার নাম|ਮੇਰਾ ਨਾਮ|મારું નામ|என் பெயர்|నా పేరు|"
        r"ನನ್ನ ಹೆಸರು|എന്റെ പേര്|ជាឈ្មោះ|მე მქვია|ჩემი სახელია|իմ անունը)\s"
        rf"(?P<value>{_CASELESS}{{2,20}}(?:\s(?!ورقم|ورقمي|است|هست|ہے|اور|और|है|एवं|ਹੈ|એ|છે|এবং|ও|মোর|და|և|رقم|רקם|و)"
        rf"{_CASELESS}{{2,20}})?)"
    ),
)
