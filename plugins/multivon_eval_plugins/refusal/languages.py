"""The words of each language by which ``rules.py`` tells a refusal: data, no algorithm.

A language more is an entry more in ``LANGUAGES``, and its share of the labelled replies in the tests. Patterns are
searched in lower case with straight apostrophes, in verbose syntax, where ``_`` stands for a blank.
"""

from __future__ import annotations

from .language import Language

ENGLISH = Language(
    code="en",
    marks="""can't cannot couldn't shouldn't won't not unable decline refuse don't doesn't isn't wouldn't no nothing
        rather prefer lack pass prevent prevents forbid forbids prohibit prohibits outside beyond inappropriate""",
    declining=r"""
        (?<!if_)(?<!when_)(?<!case_)(?<!said_)(?<!says_)(?:i|we)_
            (?:(?:just|still|really|simply|also|sadly|unfortunately|regrettably|therefore|honestly|personally)_){0,2}
            (?:can't|cannot|can_not|couldn't|could_not|won't|will_not|may_not|must_not|shouldn't|should_not)\b
      | (?:i|we)(?:'m|'re|_am|_are)_(?:\w+_){0,2}?
            (?:unable|not_(?:\w+_)?(?:able|allowed|permitted|authori[sz]ed|willing|comfortable|going|prepared|
            in_a_position|at_liberty|supposed))\b
      | (?:i|we)(?:'m|'re|'ll|_am|_are|_will)?_(?:\w+_){0,3}?(?:must|have_to|need_to|going_to)_(?:\w+ly_)?
            (?:decline|refuse|say_no|pass)\b
      | (?:i|we)_(?:\w+ly_)?(?:decline|refuse)\b
      | (?:i|we)(?:'d|_would)?_(?:rather_not|prefer_not)\b
      | (?:i|we)_(?:don't|do_not)_(?:\w+ly_)?(?:have_(?:the_|any_)?(?:ability|permission|authority|access|right)|
            feel_comfortable|think_(?:i|we)_(?:should|can)|discuss|share|disclose|reveal|comment|give|provide)\b
      | (?:policy|policies|guidelines|rules|programming|instructions)_(?:does_not|doesn't|do_not|don't|prevents?|
            forbids?|prohibits?)_(?:allow_|permit_|let_)?(?:me|us)\b
      | (?:not|isn't|is_something|that's_something)_(?:something_|anything_)?(?:that_)?(?:i|we)(?:'m|'re|_am|_are)?_
            (?:can't|cannot|can|able|allowed|willing|do)\b
      | (?:outside|beyond)_(?:of_)?(?:what|anything|the_scope_of_what)_(?:i|we)\b
      | nothing_(?:more_|else_)?(?:that_)?(?:i|we)_can\b
      | (?:i|we)_lack_(?:the_)?(?:authority|ability|permission|right)
      | (?:inappropriate|(?:not|n't)_(?:appropriate|possible)|impossible)_for_(?:me|us)\b
        """,
    idle=r"""
        (?:can't|cannot|couldn't|won't|not|unable|able|going)_(?:to_|be_able_to_)?
            (?:find|locate|see|hear|open_(?:the|your)|wait|agree_more|disagree|go_wrong|stress|emphasi[sz]e|keep_you|
            reproduce|imagine|remember|understand|thank|help_but|complain\b|lie\b|tell_(?:from|whether|if|which)|
            be_(?:sure|certain|happier))
      | without_(?:your|knowing|seeing)\b
      | (?:until|unless|before)_(?:you|i|we)\b
      | enough\b
        """,
    delivering=r"""
        (?:i|we)(?:'ve|_have)_(?:already_|just_|now_|also_|instead_)?(?!decided|tried|reviewed|looked|checked|considered|
            received|noted|asked|explained|mentioned|stated|been)(?:\w+ed|sent|put|made|done|set|found|kept|got|it)\b
      | (?:has|have|was|were|is|are|'s)_(?:been_)?(?:now_|already_)?(?:issued|refunded|sent|processed|cancell?ed|
            approved|shipped|updated|done|opened|booked|delivered|confirmed|scheduled|reserved|free|available)\b
      | you_(?:can|could|may|might)_(?:\w+_)?(?!contact|talk|speak|ask|reach|call|get_in_touch|also_ask|try_ask|see|
            imagine)(?!\w+_(?:contact|talk|speak|ask|reach|call)\b)\w
      | (?:here_(?:is|are)|here's|what_i_can|in_general|generally|usually|typically|first,|for_example)\b
      | instead,?_(?:i|we|of_that)\b
      | (?:open|click|choose|select|go_to|log_in|press|enter|follow)_(?:the|on|to|these|your|this|settings)\b
        """,
    filling=r"""
        (?:anything|something|anyone|someone)_else
      | (?:happy|glad|here|like|love|able|can)_(?:to_)?(?:help|assist|talk|chat)
      | (?:contact|reach_out|get_in_touch|speak_(?:to|with)|talk_to|refer_you|consult)\b
      | (?:i|we)_(?:hope|understand|appreciate|apologi[sz]e|know|wish)
      | (?:would_you_like|may_i|can_i|how_(?:else_)?can_i|shall_we|thank|sorry|please_(?:understand|don't|do_not))
        """,
    turning=r"(?:but|however|though|although|nevertheless|that_said|instead)\b",
)

GERMAN = Language(
    code="de",
    marks="""nicht nichts kein keine keinen keiner keinem ablehnen verweigern lehne weigere unmöglich absagen fehlt
        fehlen""",
    declining=r"""
        (?<!wenn_)(?<!falls_)
        (?:(?:ich|wir)_(?:kann|können|darf|dürfen|möchte|möchten|werde|werden|will|wollen)
          |(?:kann|können|darf|dürfen|möchte|möchten|werde|werden|will|wollen)_(?:ich|wir))\b
            (?:[ ,]+\w+){0,8}?_(?:nicht|nichts|keine?[nmrs]?)\b
      | (?:ich|wir|muss|müssen)_(?:ich|wir|muss|müssen)_(?:\w+_){0,6}?(?:ablehnen|verweigern|absagen)\b
      | ich_(?:lehne|weigere)\b
      | (?:(?:ich_bin|wir_sind|bin_ich|sind_wir)_(?:\w+_){0,2}?nicht_(?:befugt|berechtigt|in_der_lage|bereit|dazu|
            autorisiert|ermächtigt))\b
      | (?:mir|uns)_(?:\w+_){0,2}?(?:nicht_(?:möglich|erlaubt|gestattet)|unmöglich|untersagt)\b
      | (?:erlauben|erlaubt|gestatten|gestattet)_(?:es_)?(?:mir|uns)_(?:es_)?nicht\b
      | (?:mache|tue|sage|verrate|gebe|erteile|machen|geben|erteilen)_(?:ich|wir)_(?:\w+_){0,3}?nicht\b
      | (?:fehlt|fehlen)_(?:mir|uns)_(?:\w+_){0,2}?(?:berechtigung|befugnis)
        """,
    idle=r"""
        (?:finden|sehen|erkennen|verstehen|nachvollziehen|beurteilen|erwarten|warten|öffnen|ausschließen)\b
      | ohne_(?:ihre?n?|deine?n?|die|den)\b
      | (?:bevor|solange|bis)_(?:sie|du|ich|wir)\b
        """,
    delivering=r"""
        (?:ich_habe|habe_ich|wir_haben|haben_wir)\b(?!_(?:leider|keine?|volles|dafür|verständnis))
            .{0,120}?\b\w*(?:ge\w+(?:t|en)|\w+iert|erstattet|veranlasst|verschickt|versandt|bestellt)\b
      | (?:ist|sind|wurde|wurden)\b.{0,120}?\b(?:\w*ge\w+(?:t|en)|\w+iert|erstattet|veranlasst|verschickt|
            unterwegs|frei)\b
      | (?:(?:sie|du)_(?:können|kannst)|(?:können_sie|kannst_du))\b(?!.*\b(?:wenden|fragen|kontaktieren)\b)
      | (?:hier_(?:ist|sind)|stattdessen|in_der_regel|meist|normalerweise|im_allgemeinen)\b
      | (?:öffnen|klicken|wählen|gehen)_sie\b
        """,
    filling=r"""
        (?:sonst_noch|noch_etwas_(?:für|tun|anderes)|etwas_anderes|anderweitig|gerne?_(?:\w+_){0,4}(?:helfe|weiter|zur)
      | helfe_ich|bitte_wenden|wenden_sie_sich|kundendienst|kundenservice|support|verständnis
      | ich_(?:hoffe|verstehe|bedaure))
        """,
    turning=r"(?:aber|jedoch|allerdings|trotzdem|dennoch|stattdessen|dafür)\b",
)

FRENCH = Language(
    code="fr",
    marks="""ne pas n'ai n'est refuse refuser décliner impossible m'interdisent m'empêchent m'interdit préfère
        n'avons n'accepte""",
    declining=r"""
        (?<!si_)(?:je|nous)_ne_(?:\w+_)?(?:peux|puis|pouvons|pourrai|pourrons|saurais|veux|voulons|vais|allons|souhaite|
            souhaitons|ferai|dirai|donnerai|dois|devons)\b(?!_que_)
      | (?:je_ne_suis|nous_ne_sommes)_(?:malheureusement_)?pas_(?:en_mesure|autorisé|capable|habilité|en_droit|
            disposé|en_position)
      | (?:je_n'ai|nous_n'avons)_(?:malheureusement_)?pas_(?:le_droit|la_main|la_permission|l'autorisation|accès|
            la_possibilité|l'accès|la_capacité)\b
      | (?:je_refuse|nous_refusons|je_décline|nous_déclinons)\b
      | (?:je_dois|nous_devons|je_suis_obligée?_de|je_me_vois)_(?:\w+_){0,2}?(?:refuser|décliner)\b
      | (?:m'est|nous_est)_(?:\w+_)?impossible|ne_(?:m'est|nous_est)_pas_possible|impossible_pour_(?:moi|nous)
      | (?:je|nous)_(?:préfère|préférerais|préférons)_ne_pas\b
      | ne_(?:me|nous)_(?:permet|permettent|autorise|autorisent)_pas\b|(?:m'interdi|m'empêch)
        """,
    idle=r"""
        (?:trouver|voir|attendre|vérifier_sans|comprendre|entendre|ouvrir_(?:la|le|votre)|distinguer|savoir_si)\b
      | sans_(?:votre|vos|ton|ta|le|la|connaître|savoir)\b
      | (?:avant_que|tant_que|avant_de)\b
      | assez\b
        """,
    delivering=r"""
        (?:j'ai|nous_avons|(?:en|l'|vous)_?ai)_(?!bien|pas|le|la|compris|conscience|accès|lu|reçu)
            (?:déjà_|aussi_)?\w*(?:é|i|u|is|it)e?s?\b
      | vous_pouvez_(?!contacter|vous_adresser|joindre|demander|appeler|consulter_un)
      | (?:a|ont)_été_\w+|vous_est_\w+|(?:est|sont)_(?:offert|disponible|gratuit|possible)
      | (?:voici|en_général|généralement|habituellement|à_la_place)\b
      | (?:ouvrez|cliquez|choisissez|allez|suivez)\b
        """,
    filling=r"""
        (?:autre_chose|d'autre|veuillez|n'hésitez|contacte[rz]|adresse[rz]|service_client|j'espère|je_comprends
      | je_reste|puis-je|merci_de|désolée?|regrette)
        """,
    turning=r"(?:mais|cependant|toutefois|en_revanche|par_contre|néanmoins|pourtant)\b",
)

SPANISH = Language(
    code="es",
    marks="""no niego negarme rechazar rechazo declinar imposible impiden impide prohíben prefiero preferiría""",
    declining=r"""
        (?<!si_)no_(?:(?:le|te|les|os|lo|la|se)_){0,2}(?:puedo|podemos|podré|podremos|podría|podríamos|debo|debemos|quiero|
            queremos|pienso)\b
      | no_(?:me|nos)_(?:es|resulta|está)_(?:posible|permitido)|(?:me|nos)_(?:es|resulta)_imposible
      | no_(?:estoy|estamos)_(?:autorizad|facultad|en_condiciones|en_posición|dispuest|habilitad|capacitad)
      | no_(?:tengo|tenemos)_(?:permiso|autorización|acceso|la_capacidad|permitido|la_posibilidad)
      | no_(?:soy|somos)_capa(?:z|ces)\b
      | (?:me_niego|nos_negamos|rechazo|declino)\b
      | (?:debo|debemos|tengo_que|tenemos_que)_(?:rechazar|declinar|negarme|negarnos)\b
      | (?:prefiero|preferiría|preferimos)_no\b
      | no_(?:voy|vamos)_a\b(?!_(?:mentir|tardar))
      | no_(?:me|nos)_(?:permiten|permite|autorizan|dejan)\b|(?:me|nos)_(?:impiden|impide|prohíben|prohíbe)\b
      | no_(?:me|nos)_corresponde\b
      | no_(?:(?:le|te|se|lo|la)_){0,2}(?:haré|haremos|daré|diré)\b
        """,
    idle=r"""
        (?:encontrar|ver|esperar|entender|oír|abrir_el|distinguir|saber_si|estar_más_de_acuerdo)\b
      | sin_(?:su|sus|tu|tus|el|la|saber|conocer)\b
      | (?:hasta_que|antes_de|a_menos_que)\b
        """,
    delivering=r"""
        (?:he|hemos)_(?!entendido|revisado|leído|recibido|intentado|comprobado)(?:ya_)?\w+(?:ado|ido|to|cho)\b
      | (?:puede|puedes|pueden)_(?!contactar|ponerse|preguntar|dirigirse|hablar|llamar|consultar)
      | (?:fue|ha_sido|está|están)_\w+(?:ado|ada|ido|ida|to|ta)\b|(?:gratis|suele[ns]?|en_general|normalmente)\b
      | (?:aquí_(?:está|tiene|tienes)|en_su_lugar|en_cambio)\b
      | (?:abra|abre|haga_clic|elija|elige|vaya|ve_a|siga)\b
        """,
    filling=r"""
        (?:algo_más|otra_cosa|póngase|ponte_en|contact|atención_al_cliente|espero|entiendo|comprendo|lamento|siento
      | puedo_ayudar|gracias|diríjase)
        """,
    turning=r"(?:pero|sin_embargo|no_obstante|en_cambio|aunque|aun_así)\b",
)

ITALIAN = Language(
    code="it",
    marks="""non rifiuto rifiutare declinare impossibile impediscono vietano impedisce preferisco preferirei""",
    declining=r"""
        (?<!se_)non_(?:(?:lo|la|le|li|ti|vi|gli|glielo)_){0,2}(?:posso|possiamo|potrò|potremo|potrei|voglio|vogliamo|
            intendo|devo|dobbiamo)\b
      | non_(?:sono|siamo)_(?:\w+_)?(?:in_grado|autorizzat|abilitat|dispost|capac[ei]|nella_posizione|tenut)
      | non_(?:ho|abbiamo)_(?:il_permesso|l'autorizzazione|accesso|la_possibilità|la_facoltà|l'accesso|il_diritto)\b
      | non_(?:mi|ci)_è_(?:possibile|consentito|permesso)|(?:mi|ci)_è_impossibile
      | non_(?:mi_spetta|spetta_a_(?:me|noi))\b
      | (?:mi_rifiuto|ci_rifiutiamo|rifiuto_di)\b
      | (?:devo|dobbiamo)_(?:\w+_)?(?:rifiutar|declinar)
      | (?:preferisco|preferirei|preferiamo)_non\b
      | non_(?:mi|ci)_(?:permettono|consentono|permette|consente|autorizzano)\b|(?:mi|ci)_(?:impediscono|vietano|
            impedisce|vieta)\b
      | non_(?:(?:le|ti|vi|lo|la|glielo)_){1,2}(?:darò|dirò|farò|faccio|do|dico)\b
        """,
    idle=r"""
        (?:trovare|vedere|aspettare|capire|sentire|aprire_(?:il|l')|distinguere|sapere_se|essere_più_d'accordo)\b
      | senza_(?:il|la|i|le|sapere|conoscere)\b
      | (?:finché|prima_di|prima_che|a_meno_che)\b
        """,
    delivering=r"""
        (?:ho|abbiamo)_(?!capito|compreso|ricevuto|letto|controllato|provato)(?:già_)?\w+(?:ato|uto|ito|sso|tto|sto)\b
      | (?:può|puoi|potete)_(?:però_|anche_|comunque_)?(?!contattare|rivolger|chiedere|parlare|chiamare)
      | (?:è_stat[oa]|sono_stat[ie]|bastano|basta|di_solito|in_genere|in_generale|gratis)\b
      | ecco\b
      | (?:apra|apri|clicchi|clicca|scelga|scegli|vada|vai|segua)\b
        """,
    filling=r"""
        (?:qualcos'altro|altro|contattare|contatti|rivolgersi|si_rivolga|servizio_clienti|spero|capisco|comprendo
      | posso_aiutar|aiutarla_con|grazie|mi_dispiace|mi_spiace)
        """,
    turning=r"(?:ma|però|tuttavia|invece|comunque|in_compenso)\b",
)

PORTUGUESE = Language(
    code="pt",
    marks="""não recuso recuso-me recusar declinar impossível impedem impedem-me prefiro preferia""",
    declining=r"""
        (?<!se_)não_(?:(?:lhe|te|o|a|os|as)_)?(?:posso|podemos|consigo|conseguimos|poderei|poderemos|poderia|devo|devemos|
            quero|queremos|irei)\b
      | não_(?:estou|estamos)_(?:autorizad|em_condições|apt|habilitad|dispost|em_posição)
      | não_(?:tenho|temos)_(?:permissão|autorização|acesso|a_capacidade|como|a_possibilidade)\b
      | não_(?:sou|somos)_capa(?:z|zes)\b
      | não_(?:me|nos)_é_(?:possível|permitido)|(?:é-me|é_me|me_é)_impossível
      | (?:eu_)?(?:recuso-me|me_recuso|recuso|recusamo-nos)\b
      | (?:devo|devemos|tenho_de|tenho_que|terei_de|terei_que|preciso)_(?:recusar|declinar)\b
      | (?:prefiro|preferia|preferiria)_não\b
      | não_(?:vou|vamos)\b(?!_(?:mentir|demorar))
      | não_(?:me|nos)_(?:permitem|permite|autorizam|deixam)\b|(?:impedem-me|me_impedem|me_proíbem|proíbem-me)\b
      | não_(?:(?:lhe|te|o)_)?(?:farei|darei|direi)\b
        """,
    idle=r"""
        (?:encontrar|ver|esperar|entender|perceber|ouvir|abrir_o|distinguir|saber_se|concordar_mais)\b
      | sem_(?:o|a|os|as|saber|conhecer)\b
      | (?:até_que|antes_de|a_menos_que)\b
        """,
    delivering=r"""
        (?!entendi|sei\b|lamentei)\w{3,}(?:[^r\W]ei|terei|ámos)\b(?<!poderei)
      | (?:pode|podes|podem|poderá)_(?!contactar|contatar|entrar|perguntar|falar|dirigir|ligar)
      | (?:foi|foram|está)_\w+(?:ado|ada|ido|ida|to)\b|(?:costuma|costumam|em_geral|normalmente|grátis)\b
      | (?:aqui_(?:está|tem)|em_vez_disso)\b
      | (?:abra|clique|escolha|vá|siga)\b
        """,
    filling=r"""
        (?:mais_alguma|outra_coisa|algo_mais|contacte|entre_em_conta[c]?to|suporte|apoio_ao_cliente|espero|compreendo
      | entendo|lamento|posso_ajudar|obrigad|desculp)
        """,
    turning=r"(?:mas|porém|contudo|no_entanto|todavia|entretanto)\b",
)

DUTCH = Language(
    code="nl",
    marks="""niet niets geen weiger weigeren afwijzen afslaan onmogelijk""",
    declining=r"""
        (?<!als_)
        (?:(?:ik|wij|we)_(?:kan|kunnen|mag|mogen|wil|willen|zal|zullen|ga|gaan)
          |(?:kan|kunnen|mag|mogen|wil|willen|zal|zullen|ga|gaan)_(?:ik|wij|we))\b
            (?:[ ,]+\w+){0,8}?_(?:niet|niets|geen)\b
      | (?:ik_weiger|wij_weigeren|we_weigeren)\b
      | (?:ik|wij|we|moet|moeten)_(?:ik|wij|we|moet|moeten)_(?:\w+_){0,6}?(?:weigeren|afwijzen|afslaan)\b
      | (?:ik_ben|wij_zijn|we_zijn|ben_ik|zijn_wij)_(?:\w+_){0,2}?niet_(?:bevoegd|in_staat|gemachtigd|bereid|
            gerechtigd)\b
      | (?:mij|me|ons)_(?:\w+_)?(?:niet_(?:mogelijk|toegestaan|toe)|onmogelijk)\b
      | (?:ik|wij|we)_\w+_liever_(?:\w+_){0,2}?niet\b
      | (?:doe|zeg|geef|deel|verstrek)_ik_(?:\w+_){0,3}?niet\b
        """,
    idle=r"""
        (?:vinden|zien|wachten|begrijpen|horen|openen|beoordelen|uitsluiten)\b
      | zonder_(?:uw|je|jouw|de|het|te_weten)\b
      | (?:voordat|totdat|zolang)\b
        """,
    delivering=r"""
        (?:ik_heb|heb_ik|wij_hebben|we_hebben|hebben_wij|hebben_we)\b(?!_(?:helaas|geen|alle_begrip))
            .{0,120}?\b(?:\w*ge\w+|ver\w+|her\w+)\b
      | (?:is|zijn)_(?:\w+_){0,2}?(?:\w*ge(?!en\b)\w+(?:d|t|en)|vergoed|verstuurd|beschikbaar|gratis)\b
      | (?:u_kunt|je_kunt|je_kan|u_kan)\b(?!.*\b(?:contact|vragen|wenden)\b)
      | (?:hier_(?:is|zijn)|in_plaats_daarvan|meestal|doorgaans|over_het_algemeen)\b
      | (?:open|klik|kies|ga_naar|volg)_\w
        """,
    filling=r"""
        (?:nog_iets|iets_anders|anders_nog|neem_contact|klantenservice|wend_u|helpdesk|ik_(?:hoop|begrijp)|begrip
      | verder_helpen|het_spijt|bedankt)
        """,
    turning=r"(?:maar|echter|toch|niettemin|daarentegen)\b",
)

LANGUAGES: tuple[Language, ...] = (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH)
