"""What names of people are told by: lists of names and of ordinary words, and the words around a name."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from functools import cache
from types import ModuleType

import attrs

AMBIGUOUS = frozenset(
    # Names that are words, months, places or things as often.
    "alexa siri stanley geo levi tesla kia dell mercedes lexus skoda bosch siemens philips braun dyson nike puma casio "
    "garmin zara mango prada dior chanel hermes lacoste lenovo asus gemini claude astra clio octavia "
    "will mark may april june august grace rose hope faith joy chase bill art dawn summer amber crystal destiny "
    "hunter mason "
    "carter paris jordan chelsea virginia georgia florence austin madison brooklyn dakota india china kenya "
    "asia london sydney "
    "dallas savannah milan santiago angel christian rich guy ray rob frank earnest miles penny ginger olive ivy "
    "ruby pearl iris "
    "violet daisy lily heather holly jasmine melody harmony trinity genesis sandy rusty dusty stormy misty "
    "sunny major king prince "
    "duke baron royal messiah page reed wade lane cliff forest glen dale heath brook clay flint stone sterling "
    "chance case price "
    "cash rocky colt gunner archer parker porter tanner taylor cooper tyler turner walker an do le to so in my "
    "man long van son thu "
    "mai hong sang song can min max don juan lima cali nice reading bath lee day gay sky skye star storm rain "
    "river ocean sierra "
    "montana carolina alabama tennessee eden zion israel ireland scotland britain france germany america europe "
    "africa denver houston "
    "phoenix memphis boston orlando cairo rome roma vienna wien berlin hamburg koln bremen essen halle munich "
    "lisbon porto madrid "
    "barcelona sevilla valencia granada lyon nancy tours nantes luxembourg geneva zurich basel bern amsterdam "
    "utrecht delft prague "
    "budapest warsaw moscow kiev tokyo kyoto osaka seoul beijing shanghai mumbai delhi goa singapore dubai doha "
    "main street monday "
    "tuesday wednesday thursday friday saturday sunday january february march july september october november "
    "december spring autumn "
    "winter morning evening night good best buy kindle apple amazon google samsung sony visa master card gold "
    "silver premium basic plus "
    "standard pro smart network galaxy model order thank thanks can you please hello hey dear sir madam team "
    "support customer service "
    "agent bot assistant admin user manager doctor professor mister miss black white green brown gray grey blue "
    "red young old small "
    "short little wood woods field fields hill hills bush rice berry cherry fox wolf bird fish lamb bishop pope "
    "judge knight abbott "
    "cook baker butcher carpenter fisher gardener mason miller potter shepherd smith taylor weaver bank banks "
    "park parks church temple "
    "castle hall house moon sun snow frost winters rivers lake pool wells bridge gates ford north south east "
    "west noel mercy charity "
    "patience prudence honor justice liberty victory gloria alba aurora estrella luz paz sol mar cielo blanca "
    "rosa flor dolores pilar "
    "remedios soledad consuelo lourdes trinidad fatima concepcion asuncion euro dollar pound sterling credit "
    "debit total sale store shop "
    "mit der die das und ist ich sie wir ihr ein eine hat hin her von vom zum zur bei aus auf alle alles also "
    "aber oder denn noch nur "
    "nun ja nein bitte danke guten tag abend lieber liebe sehr ihre ihren mein meine dein deine der den dem des "
    "art".split()
)
SURE = frozenset("sam tom ben dan tim ken ted jan kim ali omar raj wei li ana eva ida liv kai lea leo ian".split())
"""First names that are words in another language than most of those who bear them; with a capital they are names."""
FIELD_WORDS = frozenset(
    "maybe later asap soon anytime i i'm i've i'd i'll it it's the a an and or but if is are was were be been "
    "have has had do does did not no "
    "yes ok okay hi hello "
    "hey thanks thank please my your his her our their this that these those there here what when where who why "
    "how can could would "
    "should will shall may might must to of in on at by for from with about as into over under after before "
    "between out up down off "
    "again then once all any both each few more most other some such only own same so than too very just now "
    "also still even much many "
    "need want get got give gave make made take took see saw go went know think look looking use used find "
    "found tell told ask asked "
    "work works working try tried trying call called help error order account payment refund card delivery "
    "shipping product service app "
    "website email phone number address password login subscription plan premium support team everyone folks "
    "all guys ladies gentlemen "
    "happy sorry sure unsure interested unable able having getting waiting writing calling emailing contacting "
    "reaching sending asking "
    "going currently really still always never already sad angry upset disappointed confused lost stuck done "
    "back new old fine good "
    "great well right wrong late early ready afraid glad aware curious trying wondering hoping planning moving "
    "traveling travelling "
    "using seeing getting locked out pretty quite not very being from based living staying at monday tuesday "
    "wednesday thursday friday "
    "saturday sunday today tomorrow yesterday january february march april may june july august september "
    "october november december "
    "y e und et o og och en i ja je tu il elle un una une der die das den dem ein eine mit von vom zum zur und "
    "bitte danke mein meine "
    "quiero necesito tengo mi su el la los las de del con para por que quero preciso meu minha seu sua vorrei "
    "mio mia il lo gli le "
    "voudrais mon ma mes son sa ses notre votre ik mijn het een van voor met naar ist bin habe hat war kann "
    "möchte brauche wohne kein "
    "is in here there kimlik siparişim vagyok saya nomor alamat amazon google apple samsung visa mastercard "
    "paypal amex iban kundennummer "
    "bestellung rechnung adresse telefon tel phone cell mobile mail wife husband son daughter number nummer "
    "order-id".split()
)
PARTICLES = frozenset(
    "de da do dos das del della di du des van von der den ten ter te la le los las bin ibn al el y e af av zu "
    "zur vom mac mc st".split()
)

_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-](?=[^\W\d_]))*")


@attrs.frozen
class Word:
    """A word of a text, and where it stands."""

    text: str
    start: int
    end: int

    @property
    def plain(self) -> str:
        """How lists have it."""
        return self.text.casefold().replace("’", "'")

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital, or its script has none."""
        return self.text[0].isupper() or (self.text[0].isalpha() and self.text[0].lower() == self.text[0].upper())


def split_words(text: str) -> list[Word]:
    """The words of a text, apostrophes, hyphens and inner points included."""
    return [Word(match.group(), *match.span()) for match in _TOKEN.finditer(text)]


@attrs.frozen
class NameLists:
    """Names of people and ordinary words of many languages, in lower case."""

    first: frozenset[str]
    last: frozenset[str]
    common: frozenset[str]

    def is_first(self, word: Word) -> bool:
        """Whether a word is a first name, and nothing else as often."""
        if word.plain in SURE:
            return word.is_capital
        return word.plain in self.first and word.plain not in AMBIGUOUS and word.plain not in self.common

    def is_small_name(self, word: Word) -> bool:
        """Whether a word in small letters is a first name, or what friends make of one: "mikey" of "mike"."""
        if word.plain in AMBIGUOUS or self.is_word(word) or len(word.text) < 3:
            return False
        return word.plain in self.first or (
            len(word.text) > 4 and word.plain[-1] == "y" and word.plain[:-1] in self.first
        )

    def is_name(self, word: Word) -> bool:
        """Whether a word is a name of some kind, perhaps beside something else."""
        return word.plain in self.first or word.plain in self.last

    def is_word(self, word: Word) -> bool:
        """Whether a word is an ordinary one."""
        return word.plain in self.common or word.plain in FIELD_WORDS


@cache
def load_lists() -> NameLists:
    """The lists of Faker's providers, all locales together; read once."""
    first: set[str] = set()
    last: set[str] = set()
    common: set[str] = set()
    for module in _walk("faker.providers.person"):
        for name in vars(module.Provider):
            if name.startswith(("first_name", "first_romanized", "last_name", "last_romanized")):
                (first if name.startswith("first") else last).update(_texts(getattr(module.Provider, name)))
    for module in _walk("faker.providers.lorem"):
        # Some lists were taken from prose, names and all; those have a capital.
        is_german = module.__name__.endswith(("de_DE", "de_AT"))
        common.update(one for one in _texts(module.Provider.word_list) if is_german or one.islower())
    for module in _walk("faker.providers.address", ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT")):
        for name in ("countries", "states"):
            common.update(_texts(getattr(module.Provider, name, ())))
    # What is written with a small letter in a list of names is no name: "van", "bin".
    return NameLists(*(frozenset(one.casefold() for one in found if len(one) > 1) for found in (first, last, common)))


def _walk(package: str, locales: Sequence[str] = ()) -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if info.ispkg and (not locales or info.name in locales):
            yield importlib.import_module(f"{package}.{info.name}")


def _texts(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list | tuple | dict | set) else ():
        text = one[0] if isinstance(one, tuple) and one else one
        if isinstance(text, str):
            yield text
