"""Whether a user message recites what was meant for the driver alone."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

import attrs

from .likeness import Words, flatten, has_figure, list_content, list_words, runs, split_sentences
from .prompt import DONE, OPENING, PERSONA, RESUMED, RULES, SILENT

RUN = 3
"""Words in a row that are looked for of a criterion."""

SHARE = 0.8
"""The share of a criterion's runs, or of its words of content, in a message that makes it a recital."""

FEWEST = 2
"""Words of content that a message must share with what a criterion says."""

DETAILED = 4
"""From how many words of content on a criterion without a verb of its own tells what is so."""

RULE_RUN = 7
"""Words in a row that nobody says by chance as the instructions say them."""

# How a criterion begins before it comes to what the user is to hear; nobody says that part aloud.
_OPENING = re.compile(
    r"""
    ^\s?(?:(?:the|an?)\s)?(?:assistant|agent|bot|chatbot|system|support|advis[eo]r|representative|staff|clerk|
            practice)\s
      (?:\w+ly\s)?(?:has\s|must\s|should\s)?
      (?:confirm|state|explain|say|said|tell|told|mention|note|inform|clarif|give|gave|name|offer|provide|point|
            promise|
      assure|acknowledge|quote|list|describe|advise|recommend|suggest|compare|warn|refer|make|made|use)\w*\s(?:(?:the\s)?(?:user|customer|caller|h[ie][rm]|
            them)\s)?
      (?:out\s|clear\s)?(?P<that>(?:that|to)\s)?
  | ^\s?(?:(?:der|die|das|le|la|l'|el|il|lo|o|a|de|het)\s?)?[\w-]+\s(?:
      sagt|nennt|bestätigt|erklärt|bietet|conferma|dice|spiega|indica|comunica|confirme|dit|explique|indique|précise|confirma|
      explica|informa|diz|zegt|bevestigt|noemt)\s(?!,?\s?(?:dass|que|che|dat)\b)(?P<brief>)
  | ^\s?(?:(?:der|die|das|le|la|l'|el|il|lo|o|a|de|het)\s?)?[\w-]+,?\s(?:\w+,?\s){0,2}?(?P<other>dass|que|che|dat)\s
    """,
    re.IGNORECASE | re.VERBOSE,
)

# A question that asks states nothing; one with a tag, or in the order of a statement, does.
_ASKS = re.compile(
    r"""
    ^[\W_]{0,3}(?:(?:and|but|ok(?:ay)?|so|then|also|hi|hello|please|sorry|well|just|actually|really)[\s,]+)*
    (?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|may|must|should|shall|isn't|aren't|don't|
            doesn't|can't|
    won't|what|how|when|where|which|who|why|whether|if|any)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TAG = re.compile(
    r"(?:right|correct|yes|yeah|true|ok(?:ay)?|is\sthat\s(?:right|so|correct)|isn't\sit|aren't\sthey|no|oder|richtig"
    r"|stimmt's|n'est-ce\spas|non|verdad|cierto|no\ses\sasí|vero|giusto|certo|né|toch|klopt\sdat)\s?\?+\s?$",
    re.IGNORECASE,
)

# In a user's mouth the assistant is "you".
_OF_THE_ASSISTANT = re.compile(
    r"\bthe\s(?:assistant|agent)\s(?:states|confirms|advises|explains|tells|offers|says|mentions|informs|should|must|needs)\b",
    re.IGNORECASE,
)

# Words for the play itself, as only a player has them.
_MOODS = (
    "impatient|confused|worried|irritated|frustrated|angry|annoyed|terse|brief|polite|rude|slow|sceptical|skeptical|"
    "forgetful|gruff|cool|cold|stern|calm|cheerful|shy|formal|informal|chatty|insistent|energetic|difficult|verbose|adversarial|curious|hesitant|friendly|anxious|stubborn|pushy|suspicious|nervous|upset"
)
_PLAY = re.compile(
    rf"""
    \b(?:goal_reached|gave_up)\b
  | \{{\s?"(?:message|role|content|user|response|reply)"\s?:
  | ^\W{{0,3}}as\s(?-i:[A-Z])\w+,\s(?:an?|the|who)\s|\bi\swould\s(?:reply|respond|answer|say)\sthat\b
  | \bplaying\sthe\s(?:part|role)\b|\bich\sspiele\shier\b|<\|\w+\|>|\buser\ssimulator\b|\bsimulator\soutput\b
  | \bthe\sinstructions\ssay\s(?:that\s)?i(?:'m|\sam|\sshould|\shave\sto|\smust)\b
  | \bhere(?:'s|\sis)\s(?:a|the|my)\s(?:\w+\s)?(?:reply|response|message)\s(?:from|as|of|in|for)\b
  | \((?:reminder|instruction|internal)\b[^)\n]{{0,120}}\)
  | \bmy\straits?\s(?:is|are)\b|\b(?:stay|remain|keep|act|be|break)(?:ing|s|ed)?\s(?:in\s|out\sof\s)?character\b
  | \[(?:the\s)?(?:student|user|customer|caller|client|patient|guest|persona)\b[^\]\n]*\]
  | \bi\sshould\s(?:\w+\s)?(?:stay|be|remain|act|sound|appear|seem)\s(?:\w+\s)?(?:{_MOODS})\b
  | \bmy\s(?:goal|objective|task)\s(?:in|for|of)\sthis\s(?:conversation|chat|talk|dialogue)\b
  | \bi\s(?:will|'ll|should)\snow\s(?:ask|say|respond|reply|pretend|play)\b
  | \bil\smio\sobiettivo\sin\squesta\b|\bnel\sruolo\sdi\b
  | \bin\sder\srolle\s(?:von|der|des)\b|\bdans\sle\srôle\sd|\ben\sel\spapel\sde\b
  | \bi(?:'m|\sam)\s(?:role-?playing|simulating)\b
  | \bi(?:'m|\sam)\splaying\s(?-i:[A-Z])[\w\s]{{1,40}},\s(?:an?|the|who)\s
  | \((?:stays?|in\s(?:the\s)?role|no\spapel|en\sel\spapel|nel\sruolo|dans\sle\srôle|in\sder\srolle|in\sde\srol)\b
  | \[\s?traits?\b|\b(?:is|are)\s(?:only|just)\s(?:a\s)?simulat(?:ed|ion)\b
  | \bas\san\sai,?\s(?:tak|play|act|simulat)ing\b
  | \bi\s(?:should|must|may)\s(?:only\s)?(?:give|reveal|share|tell|mention)\s(?:only\s)?one\s(?:fact|detail|thing|
            piece)\b
  | \b(?:step|line|question)\s(?:in|of|on)\smy\sscript\b
  | \bwhat\s(?:the|my)\s(?:task|scenario|script|prompt)\s(?:ask|want|say|tell)s
  | \bi(?:'ve|\shave)\sbeen\stold\sto\s(?:insist|push|press|keep)\b
  | \b(?:mi\spersonaje|(?:il\s)?mio\spersonaggio|mon\spersonnage|(?:meu|minha)\spersonagem|mijn\spersonage)\b
  | \b(?:nel\smio|en\smi|dans\smon|no\smeu|in\smeinem|in\smijn)\s(?:profilo|perfil|profil|profiel)\b
  | \bi(?:'ll|\swill|\smust|\sneed\sto)\s(?:act|answer|reply|respond)\sas\s(?:an?\b|the\b|(?-i:[A-Z]))
  | \bmy\s(?:reply|answer|response|next\smessage)\swould\sbe\b|\((?:thinking|thought|inner)\b
  | \bals\s(?:\w+\s){{1,5}}würde\sich\s(?:jetzt|nun)\b
  | \b(?:my|the|this|your)\s(?:success\scriteri(?:a|on)|persona)\b
  | \bas\s(?:an?|the)\s(?:simulated|synthetic|virtual)\s(?:user|customer|person)\b
  | \bi(?:\s?'m|\s?'ve\sbeen|\s(?:am|was|have\sbeen))\s(?:\w+\s)?(?:told|asked|instructed|supposed|
            meant)\sto\s
      (?:play\s(?:a|an|the|this)\b|act\s(?:as\b|like\b|{_MOODS})|pretend|simulate|role-?play
      |(?:be|sound|stay|seem|remain|appear|get)\s(?:\w+\s){{0,2}}?(?:{_MOODS})\b)
  | \bi(?:\s?'m|\sam)\s(?:only\s|just\s)?(?:playing|simulating|role-?playing)\s(?:a|the)\s
      (?:user|customer|role)\b
  | \b(?:my\s(?:(?:character|user)\s)?(?:instructions?|role|scenario|script|character|brief|briefing|prompt|profile)
      |the\s(?:scenario|persona|role\sdescription|character|briefing))\s(?:only\s|just\s)?
      (?:do(?:es)?n't|do(?:es)?\snot|didn't|say|says|said|states?|tells?|mentions?|names?|includes?|asks?|wants?)\s
      (?:me|i|that|which|how|if|what|anything|nothing|say|name|mention|include|give|tell|state|specify|cover|an?|any|the)\b
  | (?:\b(?:not|nothing|no\s(?:\w+\s){{1,4}}?|never)|n't)\b[^.!?\n]{{0,60}}\b(?:in|part\sof|by|on|from|
            within)\s(?:my|the)\s
      (?:instructions?|role|scenario|persona|character|brief|briefing|prompt|script|goal)\b
  | \b(?:according\sto|as\sper|per|following)\smy\s(?:instructions?|role|scenario|script|character|briefing|
            goal)\b
  | \bmy\s(?:goal|objective|task|mission|aim)s?\s(?:(?:is|are|has\sbeen|have\sbeen)\s)?(?:now\s|thus\s|
            therefore\s|fully\s)?
      (?:reached|met|completed?|achieved|fulfilled|accomplished)\b
  | \b(?:i've|i\shave)\s(?:now\s)?(?:reached|achieved|met|completed|fulfilled)\smy\s(?:goal|objective|task|
            mission)\b
  | \b(?:in|for)\smy\s(?:role|profile|persona|scenario|character)[,;.]?\s(?:i|so|there|it|that)\b(?!\s(?:manage|
            lead|work))
  | \b(?:the\s|this\s)(?:user|customer|persona|character)\s(?:would|should|might|will|wants|is\ssupposed|says|
            asks|replies|has\sto)\b
  | \bi\s(?:will\s|'ll\s|can\s|should\s)?(?:now\s)?end\s(?:the|this|our)\s(?:conversation|simulation|
            dialogue|role-?play)\b
  | \b(?:success\s)?criteria\s(?:is|are|have\sbeen)\s(?:now\s|all\s|both\s)?(?:met|fulfilled|satisfied)\b
  | \b(?:end|ends|ending|stop|beende\w*|fin\sà|termino|chiudo|fim\sà)\b[^.!?\n]{{0,12}}\bsimula[tzc]i?[oóãn]+[en]?\b
  | \[(?:stage|end|system|internal|action|turn|scene|user|goal|persona|thinking|thought|conversation|simulation|
            stop|done|silence)\b[^\]\n]*\]
  | <(?:think|thinking|end|goal|stop|user|message|thought|done|conversation)\b[^>\n]*>
  | \#\#\#?\s?(?:stop|end|done|goal)
  | \b(?:meine[nr]?|die)\s(?:anweisung(?:en)?|rolle|vorgaben|rollenbeschreibung)\s(?:sag|steht|gib|seh|enth|nenn|
            verlang)\w*
  | \b(?:in|laut|nach|gemäß)\smeine[nrm]\s(?:anweisung(?:en)?|rolle|vorgaben|rollenbeschreibung|szenario)\b
  | \bmein\sziel\sist\s(?:damit\s|nun\s|jetzt\s)?(?:erreicht|erfüllt)\b|\bich\ssoll\s(?:\w+\s)?(?:spielen|
            so\stun)\b
  | \b(?:dans|selon|d'après)\s(?:mes\s(?:instructions|consignes)|mon\s(?:rôle|scénario|profil))\b|
            \bmon\sobjectif\s(?:est|étant)\s(?:donc\s|maintenant\s)?atteint\b
  | \b(?:en|según)\s(?:mis\sinstrucciones|mi\s(?:papel|guion|guión|rol))\b|\bmi\sobjetivo\s(?:ya\s)?(?:está|
            se\sha)\s(?:cumplido|alcanzado|logrado)\b
  | \b(?:nelle|dalle|secondo\sle)\s(?:mie\s)?istruzioni\b|\b(?:nel|per\sil)\smio\sruolo\b|
            \bil\smio\sobiettivo\sè\s(?:stato\s)?raggiunto\b
  | \b(?:nas|segundo\sas)\s(?:minhas\s)?instruções\b|\bno\smeu\spapel\b|
            \bo?\s?meu\sobjetivo\s(?:já\s)?(?:foi|está)\s(?:atingido|alcançado|cumprido)\b
  | \b(?:in|volgens)\smijn\s(?:instructies|rol|opdracht|scenario)\b|\bmijn\sdoel\sis\s(?:nu\s)?bereikt\b
  | \b(?:usuari[oa]|utente|utilisateur|utilisatrice|utilizador[a]?|usuári[oa]|nutzer(?:in)?|
            gebruiker)\s(?:simulad[oa]|simulat[oa]|simulée?|gesimuleerde?)\b
  | \b(?:simulierte[rn]?|gesimuleerde)\s(?:nutzer|kund|gebruiker)\w*
    """,
    re.IGNORECASE | re.VERBOSE,
)


def find_recited_criterion(text: str, criteria: Iterable[str], heard: Iterable[str]) -> str:
    """Find a criterion that a message hands over.

    Args:
        text: The user message.
        criteria: The success criteria.
        heard: What the user may say whatever the criteria say: its goal, and what it was told.

    Returns:
        The first criterion of which the message holds :data:`SHARE` of the runs of :data:`RUN` words that stand in
        nothing that was heard, at least two of them, or, where it states something, that share of its words of
        content, of which the user has heard neither all nor the figures. How it begins ("The assistant confirmed
        that") is not counted. Nothing if there is none; a criterion of a word or two may well be said by chance.
    """
    said = list_words(text)
    told = {criterion: _read_criterion(criterion) for criterion in criteria}
    told = {criterion: wanted for criterion, wanted in told.items() if _may_recite(said, wanted)}
    if not told:
        return ""  # as nearly always: then nobody need look at all that was heard
    known = [list_words(part) for part in heard]
    may_say = frozenset[tuple[str, ...]]().union(*(runs(part.all, RUN) for part in known))
    words = frozenset[str]().union(*(list_content(part) for part in known))
    stated = list_content(list_words(" ".join(filter(_is_statement, split_sentences(text)))))
    for criterion, wanted in told.items():
        # With its beginning and without.
        for own in (wanted.runs - may_say, wanted.spoken - may_say):
            if len(own) >= 2 and len(own & runs(said.all, RUN)) >= SHARE * len(own):
                return criterion
        if _OF_THE_ASSISTANT.search(flatten(text)):
            return criterion
        if wanted.is_statement and _states(stated, wanted.content, words):
            return criterion
    return ""


@attrs.frozen
class _Criterion:
    """What a criterion wants said.

    Attributes:
        runs: The runs of its words.
        spoken: Those of what follows its beginning.
        content: Its words of content.
        is_statement: Whether it tells what is so, and not only what is to be spoken of.
    """

    runs: frozenset[tuple[str, ...]]
    spoken: frozenset[tuple[str, ...]]
    content: frozenset[str]
    is_statement: bool


@functools.lru_cache(maxsize=256)  # they are asked for in every turn
def _read_criterion(criterion: str) -> _Criterion:
    opening = _OPENING.match(criterion)
    words = list_words(criterion[opening.end() :] if opening else criterion)
    is_statement = opening is not None and (opening["that"] or opening["other"]) is not None
    if opening is not None and opening["brief"] is not None:
        is_statement = len(list_content(words)) >= DETAILED
    whole = list_words(criterion)
    return _Criterion(
        runs(whole.all, RUN), runs(words.all, RUN), list_content(words), is_statement or bool(words.figures)
    )


def _may_recite(said: Words, wanted: _Criterion) -> bool:
    shared = len(list_content(said) & wanted.content)
    return shared >= FEWEST or len(wanted.runs & runs(said.all, RUN)) >= 2


def _is_statement(sentence: str) -> bool:
    if not sentence.rstrip().endswith("?"):
        return True
    return _TAG.search(sentence) is not None or (sentence.isascii() and not _ASKS.match(sentence))


def _states(said: frozenset[str], wanted: frozenset[str], heard: frozenset[str]) -> bool:
    """Whether words say what a criterion states; a part of it at least must be news."""
    if len(wanted) < FEWEST + 1 and not any(map(has_figure, wanted)):
        return False  # so few words are soon in a question
    shared, news = wanted & said, (wanted & said) - heard
    return len(shared) >= FEWEST and len(shared) >= SHARE * len(wanted) and bool(news)


def find_recited_rule(text: str, known: Sequence[str]) -> str:
    """Find what a message says of the driver's own instructions.

    Args:
        text: The user message.
        known: What stands in the persona and was said before; the words of the play may come from there.

    Returns:
        Words of the play, or a run of :data:`RULE_RUN` words of the instructions; nothing if there are none.
    """
    said = list_words(text)
    found = _PLAY.search(flatten(text))
    if found and not any(_PLAY.search(flatten(part)) for part in known):
        return " ".join(found.group().split())
    recited = [run for run in _list_runs(said.all, RULE_RUN) if run in _collect_rules()]
    if not recited:
        return ""  # as nearly always: then nobody need look at all that was said before
    may_say = frozenset[tuple[str, ...]]().union(*(runs(list_words(part).all, RULE_RUN) for part in known))
    return next((" ".join(run) for run in recited if run not in may_say), "")


def _list_runs(words: tuple[str, ...], length: int) -> list[tuple[str, ...]]:
    return [words[at : at + length] for at in range(len(words) - length + 1)]


@functools.cache
def _collect_rules() -> frozenset[tuple[str, ...]]:
    return runs(list_words("\n".join((RULES, PERSONA, DONE, OPENING, RESUMED, SILENT))).all, RULE_RUN)
