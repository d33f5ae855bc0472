"""Secrets, links, e-mail addresses, user names and addresses of machines."""

from __future__ import annotations

import ipaddress
import math
import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from .finding import Rule

_BEFORE = 40
"""How many characters before a value say what it is."""

_SECRET_WORDS = (
    r"pass(?:word|wd|code|phrase)|pwd|pw|psw|mdp|slapta(?:ž|z)odis|лозинка|كلمة (?:المرور|السر)|סיסמה|"
    r"รหัสผ่าน|"
    r"m(?:ậ|a)t kh(?:ẩ|a)u|kata sandi|"
    r"(?:backup|recovery|login|sms|2fa|mfa|auth|activation|unlock) code|"
    r"passwort|kennwort|mot de passe|contrase(?:ñ|n)a|clave|senha|wachtwoord|"
    r"l(?:ö|o)senord|adgangskode|passord|salasana|has(?:ł|l)o|heslo|jelsz(?:ó|o)|parol[aă]?|(?:ş|s)ifre|пароль|密码|密碼|"
    r"パスワード|비밀번호|"
    r"pin(?:[ -]?code)?|cv[vc]2?|otp|tan|security code|verification code|one[- ]time (?:code|password)|"
    r"access code|api[_ -]?key|access[_ -]?key|secret(?:[_ -]?key)?|auth[_ -]?token|token|credentials?|creds"
)
_LINK_KEYS = re.compile(
    r"(?:token|sig|sign|signature|code|state|uid|user|usr|email|mail|key|pwd|pass|auth|session|sid|id|hash|otp|"
    r"ticket|order|"
    r"account|customer|usp|share|invite|ref)[_a-z]*\Z",
    re.IGNORECASE,
)
_PROFILES = re.compile(
    r"(?:linkedin\.com/in|facebook\.com|fb\.com|instagram\.com|twitter\.com|x\.com|t\.me|wa\.me|tiktok\.com/@|"
    r"github\.com|medium\.com/@|vk\.com|youtube\.com/@|paypal\.me|venmo\.com|calendly\.com)/[^/]",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"\b(?:v|ver|version|firmware|upgrad\w*|updat\w*|releas\w*|build|patch|driver|app)\b", re.IGNORECASE
)
_HANDLE_WORDS = (
    r"user[ -]?name|user[ -]?id|login|log-in|screen ?name|nick(?:name)?|handle|benutzername|nutzername|usuario|"
    r"nom d'utilisateur|identifiant|nome utente|gebruikersnaam|anv(?:ä|a)ndarnamn|brukernavn|brugernavn|github|gitlab|"
    r"account name|display name|known as|play(?:ing)? as|go by|"
    r"telegram|insta(?:gram)?|ig|twitter|discord|venmo|cash ?app|reddit|twitch|snap(?:chat)?|tiktok|gamertag|psn|steam|"
    r"skype|user|логин|"
    r"(?:log(?:ged|ging)?|sign(?:ed|ing)?)(?: me| us)? ?in|registered|signed up"
)
_NO_HANDLE = frozenset(
    "not no now here there wrong broken locked blocked invalid incorrect down failed failing page screen button "
    "form error "
    "is are was the a an and or but my your account link issue issues problem problems details name names id "
    "with from for to "
    "in on at still also already taken missing guide manual experience interface story agent data".split()
)


def _is_secret_word(text: str, start: int, end: int) -> bool:
    """Whether what follows a word for a secret is one, and no ordinary word."""
    value = text[start:end]
    if value.casefold() in _NO_HANDLE or len(value) < 3:
        return False
    has_mark = any(not one.isalpha() for one in value.rstrip(".,;:!?"))
    return has_mark or text[:start].rstrip().endswith((":", "=", "："))


def _has_marks(text: str, start: int, end: int) -> bool:
    """Whether a word holds a digit, or a mark inside, as passwords do and words of a sentence seldom."""
    value = text[start:end].rstrip(".,;:!?")
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))


def _is_random(text: str, start: int, end: int) -> bool:
    """Whether a long token is too mixed to be a word: upper, lower and digits, or long hexadecimal."""
    value = text[start:end]
    if re.fullmatch(r"[0-9a-fA-F]{32,}", value):
        return any(one.isalpha() for one in value)
    kinds = (str.isupper, str.islower, str.isdigit)
    if not all(any(is_kind(one) for one in value) for is_kind in kinds):
        return False
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values()) > 3.6


def _is_personal_link(text: str, start: int, end: int) -> bool:
    """Whether a link leads to something of one person: a key in it, an id in its path, a profile."""
    link = text[start:end]
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:
        return True
    if "@" in parts.netloc or _PROFILES.search(link):
        return True
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if _LINK_KEYS.match(key) or "@" in value or len(value) > 20 or sum(map(str.isdigit, value)) > 3:
            return True
    return any(map(_is_id, (*parts.path.split("/"), parts.fragment)))


def _is_id(segment: str) -> bool:
    digits = sum(map(str.isdigit, segment))
    return digits >= 4 or (len(segment) >= 8 and digits >= 2 and any(map(str.isalpha, segment))) or len(segment) > 40


def _is_ip(text: str, start: int, end: int) -> bool:
    try:
        ipaddress.ip_address(text[start:end].partition("%")[0])
    except ValueError:
        return False
    if ":" in text[start:end]:
        # Two colons alone are an address by the letter of it, "::1" is everybody's own machine.
        return sum(map(str.isalnum, text[start:end])) >= 4
    return not _VERSION.search(text[max(0, start - _BEFORE) : start])


def _is_handle_word(text: str, start: int, end: int) -> bool:
    value = text[start:end].rstrip(".,;:!?")
    if value.casefold() in _NO_HANDLE or not any(map(str.isalpha, value)):
        return False
    has_mark = any(one.isdigit() or one in "_.#-" for one in value)
    said = text[max(0, start - 12) : start].casefold().rstrip()
    # What is the user's, or GitHub's, is no name of one.
    if re.search(
        r"(?<!name)(?<!handle)(?<!nick)['’]s\Z|\b(?:(?:in|up|registered|known|play|playing) as|go by)\Z", said
    ):
        return has_mark
    return has_mark or said.endswith((" is", "'s", ":", "=", " ist", " lautet", " es", " est", " as", "：", " è", " é"))


_END = r"(?=[\s,;:!?)\]}'\"]|\.(?:\s|\Z)|\Z)"
SECRETS: tuple[Rule, ...] = (
    Rule(
        "private-key",
        "secret",
        re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s]{0,8000}(?:-----END [A-Z ]{0,30}-----)?"),
    ),
    Rule(
        "connection-string", "secret", re.compile(r"\b[a-z][a-z0-9+]{1,20}://[^\s:/@]{1,80}:[^\s@]{1,80}@[^\s]{1,200}")
    ),
    Rule(
        "known-key",
        "secret",
        re.compile(
            r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)[-_][A-Za-z0-9_-]{12,200}|(?:gh[opsur]|github_pat)_[A-Za-z0-9_]{16,200}|"
            r"xox[a-z]-[A-Za-z0-9-]{10,200}|A(?:KIA|SIA)[A-Z0-9]{12,20}|AIza[A-Za-z0-9_-]{30,40}|"
            r"(?:glpat|hf|npm|shpat|dop_v1|pypi|ya29|whsec|sq0\w{3})[-_.][A-Za-z0-9_.-]{12,200}|SG\.[\w.-]{20,100}|"
            r"eyJ[\w-]{8,2000}\.[\w-]{4,4000}(?:\.[\w-]{0,2000})?)"
        ),
    ),
    Rule("bearer", "secret", re.compile(r"\bBearer\s{1,3}(?P<value>[A-Za-z0-9._~+/=-]{12,4000})", re.IGNORECASE)),
    Rule(
        "secret-after-word",
        "secret",
        re.compile(
            rf"(?<![^\W_])(?:{_SECRET_WORDS})s?(?![A-Za-z])['\"]?(?:\s{{1,2}}(?:is|ist|lautet|est|es|era|è|é|was|for))?"
            rf"\s{{0,2}}[:=：]?\s{{0,2}}['\"]?(?P<value>[^\s'\",;(){{}}<>\[\]]{{3,200}})",
            re.IGNORECASE,
        ),
        _is_secret_word,
    ),
    Rule(
        "secret-after-clause",
        "secret",
        # What they sent, then the value: "the password you sent, Qx7-tRee", "wifi pass is sunflower-42".
        re.compile(
            rf"(?<![^\W_])(?:(?:{_SECRET_WORDS})[ ](?:that[ ])?(?:you|u|they|we|i|she|he)"
            r"(?:[ ]\w{2,10}){1,3}(?:[ ](?:is|was))?,?[ ]|"
            rf"(?:pass|pw|psw|psk|wi-?fi key)(?:[ ]is|[ ]?[:=])[ ]?)['\"]?(?P<value>[^\s'\",;(){{}}<>\[\]]{{4,80}})",
            re.IGNORECASE,
        ),
        _has_marks,
    ),
    Rule(
        "code-sent",
        "secret",
        re.compile(
            r"(?<![^\W_])code (?:that )?(?:you|u|they|we|i|it) \w{3,10}(?: (?:me|us|you|by|via|sms|text|got)){0,3}"
            r"(?: is| was|:|,)? {1,2}(?P<value>(?=[A-Z-]{0,4}\d)[A-Z0-9-]{4,10})(?![\w%€$£]|[.,]\d)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "security-answer",
        "secret",
        re.compile(
            r"(?<![^\W_])(?:secret|security) (?:question(?:'s)? )?(?:answer|word)(?: is|:| =){1,2} ?"
            r"(?P<value>[^\s,;.]{2,40})",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "door-code",
        "secret",
        re.compile(
            r"(?<![^\W_])(?:(?:door|gate|entry|entrance|building|alarm|lock ?box|key ?safe|"
            r"safe|garage|intercom|voicemail)[ ]?(?:code|pin)|"
            r"digicode|portkod|d(?:ø|o)rkode|ovikoodi|t(?:ü|ue)r-?code|deurcode|codice (?:portone|cancello)|"
            r"c(?:ó|o)digo (?:de la puerta|do port(?:ã|a)o)|kod (?:do domofonu|do drzwi)|код домофона)"
            r"(?:[ ](?:is|est|är|er|ist|es|è|é))?[ ]?[:=#]?[ ]{0,2}(?P<value>[A-Z]?#?\d[\dA-Z#*]{2,9})(?!\w)",
            re.IGNORECASE,
        ),
    ),
    Rule("random-token", "secret", re.compile(r"(?<![\w/.+=-])[A-Za-z0-9_/+=-]{20,400}(?![\w/+=-])"), _is_random),
)
LINKS: tuple[Rule, ...] = (
    Rule(
        "personal-link",
        "link",
        re.compile(r"(?<![\w@])(?:https?://|www\.)[^\s<>\"'{}|\\^`]{1,1990}[^\s<>\"'{}|\\^`.,;:!?)\]]", re.IGNORECASE),
        _is_personal_link,
    ),
)
EMAILS: tuple[Rule, ...] = (
    Rule(
        "email",
        "email",
        re.compile(r"(?<![\w.+'’%-])[\w.+'’%-]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?![\w@])"),
    ),
    Rule(
        "email-in-words",
        "email",
        re.compile(
            r"(?<![\w.+-])[\w.+-]{1,64}(?: (?:dot|punto|point|punkt|ponto|piste|точка) [\w+-]{1,40}){0,3}"
            r" ?(?:@| at | arroba | arobase | chiocciola | klammeraffe | kukac | собака ) ?[\w-]{1,63}"
            r"(?: (?:dot|punto|point|punkt|ponto|piste|точка) [\w-]{2,24}){1,3}(?!\w)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "email-spelt",
        "email",
        re.compile(
            r"(?<![\w.+-])[\w.+-]{1,64} ?(?:[\[({] ?at ?[\])}]|\bat\b|"
            r"＠) ?[\w-]{1,63}(?: ?(?:[\[({] ?dot ?[\])}]|\bdot\b|\.) ?"
            r"[^\W\d_]{2,24}){1,3}(?!\w)",
            re.IGNORECASE,
        ),
        lambda text, start, end: bool(re.search(r"[\[({] ?(?:at|dot)|\bdot\b|＠", text[start:end], re.IGNORECASE)),
    ),
)
MACHINES: tuple[Rule, ...] = (
    Rule("ip-v4", "ip address", re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)"), _is_ip),
    Rule(
        "ip-v6",
        "ip address",
        re.compile(r"(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?:%\w{1,16})?(?![\w:])"),
        _is_ip,
    ),
    Rule("mac-address", "device address", re.compile(r"(?<![\w:-])[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}(?![\w:-])")),
)
HANDLES: tuple[Rule, ...] = (
    Rule(
        "handle",
        "username",
        re.compile(
            r"(?<![\w.@/+-])@(?!(?:here|channel|everyone|all|media|import|param|return)\b)[^\W\d_][\w.-]{0,60}\w"
        ),
    ),
    Rule("reddit-user", "username", re.compile(r"(?<![\w/])/?u/[A-Za-z0-9_-]{3,24}(?![\w/])")),
    Rule("discord-user", "username", re.compile(r"(?<![\w#])[A-Za-z_.]{2,32}#\d{4}(?!\w)")),
    Rule(
        "username-after-word",
        "username",
        re.compile(
            rf"(?<![^\W_])(?:{_HANDLE_WORDS})(?![^\W_])(?:['’]s)?(?:\s{{1,2}}(?:is|ist|lautet|es|est|as|è|é|"
            rf"name))?\s{{0,2}}[:=：]?\s{{0,2}}"
            rf"['\"“]?(?P<value>@?[A-Za-z0-9][\w.#-]{{1,60}}\w)",
            re.IGNORECASE,
        ),
        _is_handle_word,
    ),
)
