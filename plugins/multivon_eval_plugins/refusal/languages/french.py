"""How French refuses."""

from __future__ import annotations

from ..language import Language

FRENCH = Language(
    code="fr",
    common="""
        le la les de des et est vous je ne pas que votre vos nous pour dans un une du en sur ce il à au avec
        être sont plus qui si mais cette mon notre aux par
        """,
    marks="""possible pouvoir être malheureusement m'abstiens rien non aucun aucune seulement uniquement jamais
        restons hors exclu
        confidentiel illégal
        contraire revenons concentrons limite limité interdit
        ne pas n'ai n'est refuse refuser décliner impossible m'interdisent m'empêchent m'interdit préfère
        n'avons n'accepte""",
    declining=r"""
        (?<!si_)(?:je|nous)_ne_(?:\w+_)?(?:peux|puis|pouvons|pourrai|pourrons|saurais|veux|voulons|vais|allons|
            souhaite|
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
      | (?:(?:ce|cela|ça|il)_)(?:n'est|ne_sera|ne_serait)_(?:\w+_){0,2}?pas_(?:\w+_)?(?:possible|prévu|envisageable|
            autorisé|permis|quelque_chose_que)|pas_(?:négociable|dans_mes|de_mon_ressort|de_ma_compétence)
      | (?:nous|on)_ne_(?:\w+_)?(?:proposons|propose|faisons|fait|pratiquons|offrons|accordons|communiquons|donnons|
            partageons|
            vendons|traitons|négocions|gérons|assurons|acceptons)_(?:pas|aucun|plus|jamais)
      | je_ne_(?:\w+_)?(?:donne|partage|communique|commente|divulgue|traite|fais|réponds|prends|propose|cautionne)_
            (?:pas|aucun|jamais|qu')
      | je_ne_(?:\w+_)?(?:peux|puis|suis|réponds|traite)_(?:\w+_){0,4}?qu(?:e|'|_aux|_à)(?!_vous_(?:recommander|
            conseiller))
      | (?:je|nous)_(?:\w+_){0,3}?(?:uniquement|seulement|exclusivement)_(?:\w+_){0,4}?(?:aider|répondre|questions|
            sujets|pour|sur|aux|à)\b
      | (?:mon_rôle|ma_mission|mes_compétences)_(?:\w+_){0,2}?(?:limit|se_borne|consiste_uniquement)
      | (?:restons|revenons|concentrons-nous|recentrons|tenons-nous|gardons)_
      | (?:hors|en_dehors)_(?:de_)?(?:mon|ma|mes|notre|nos|question|du_cadre|du_champ|de_ce_que)
      | (?:c'est|cela_est|est|reste|sont|restent)_(?:\w+_)?(?:exclu|hors_de_question|confidentiel)
      | (?:ne_peut|ne_peuvent|ne_saurait)_(?:pas_)?être_(?:\w+_)?(?:communiqué|divulgué|accordé|partagé|transmis|
            donné|révélé)
      | je_m'abstiens|(?:je|nous)_ne_(?:me_|nous_)?(?:prononcerai|toucherai|ferai|participerai|prêterai)|
            hors_de_question
      | (?:c'est|ce_sera)_non\b|(?:pas|rien)_d'autre\b
      | contraire_(?:à_nos|aux)_(?:règles|conditions|principes)
      | je_ne_(?:\w+_){0,2}?\w+(?:er|ir|dr|tr|ur)ai_pas\b|nous_ne_(?:\w+_){0,2}?\w+(?:er|ir)ons_pas\b
      | malheureusement\b[^.!?]{0,120}?\b(?:n'est|ne_sont|ne_peut|ne_peuvent|n'est_ni)_(?:\w+_)?(?:pas_|ni_|
            plus_)?(?:\w+_)?(?:possible|échangeable|remboursable|être|éligible|disponible)\b
      | (?:il|ce)_n'est_(?:\w+_){0,2}?(?:pas|plus)_possible|ne_pas_pouvoir_(?:répondre|donner|accéder)|ne_(?:peut|
            peuvent)_pas_être_\w+
        """,
    idle=r"""
        (?:je_ne_sais|trouver|voir|attendre|vérifier_sans|comprendre|entendre|ouvrir_(?:la|le|votre)|distinguer|
            savoir_si)\b
      | sans_(?:votre|vos|ton|ta|le|la|connaître|savoir)\b
      | (?:avant_que|tant_que|avant_de)\b
      | assez\b
      | (?:savoir|prédire|garantir|confirmer|consulter|retrouver|accéder_(?:à|aux|au)|dire_(?:quand|si|combien|
            comment|à_quelle))\b
      | accès_à
        """,
    delivering=r"""
        (?:j'ai|nous_avons|(?:en|l'|vous)_?ai)_(?!bien|pas|le|la|compris|conscience|accès|lu|reçu)
            (?:déjà_|aussi_)?\w*(?:é|i|u|is|it)e?s?\b
      | vous_pouvez_(?!contacter|vous_adresser|joindre|demander|appeler|consulter_un)
      | (?:a|ont)_été_\w+|vous_est_\w+|(?:est|sont)_(?:offert|disponible|gratuit|possible)
      | (?:voici|en_général|généralement|habituellement|à_la_place)\b
      | (?:ouvrez|cliquez|choisissez|allez|suivez)\b
      | (?<!\w_)(?:oui|bien_sûr)\b(?=[,.!])
        """,
    filling=r"""
        (?:autre_chose|d'autre|veuillez|n'hésitez|contacte[rz]|adresse[rz]|service_client|j'espère|je_comprends
      | je_reste|puis-je|merci_de|désolée?|regrette)
      | (?:je_vous_(?:invite|conseille|encourage|recommande|suggère)|autres?_(?:questions?|sujets?|demandes?))
      | avez-vous_(?:une|d'autres|des)_|as-tu_une_question|\b(?:reste|demeure)\b
      | une_autre|je_peux_vous_aider|toute_(?:autre_)?question|je_vous_remercie|j'ai_(?:bien_)?(?:vérifié|consulté)|
            merci\b|navré
        """,
    turning=r"(?:mais|cependant|toutefois|en_revanche|par_contre|néanmoins|pourtant)\b",
    moral=r"""
        illégal|illicite|loi\b|interdit|éthi|moral|nuire|nuisi|bless|violen|arme\b|discrimin|racis|hain|offens|
            dignité|vie_privée|
            confidentialité|consentement|dangereu|crime|criminel|délit|abus|inapproprié|respect|données_personnelles|
            informations_personnelles|droits?_d'auteur|manipul|tromper|suicid|drogue|tuer|voler|pirat|harcel|fraud|
            rgpd
        """,
    moralising=r"""
        (?:n'est|ne_serait|serait|est)_(?:\w+_)?(?:pas_(?:\w+_)?(?:acceptable|approprié|éthique|correct|convenable|
            légal|juste|bien)|
            illégal|immoral|contraire_à_l'éthique|inacceptable|inapproprié|interdit_par)
        """,
    onward=r"""
        (?:je|nous)_(?:vous_|le_|la_|les_)?(?:transf|transm|mets|mettons|passe|bascule|oriente_vers|fais_suivre|
            remonte|redirige)
      | (?:conseill[eè]re?|collègue|agent|équipe|service|responsable|technicien\w*)_(?:\w+_){0,4}?(?:va|vont|
            prendra|reprendra|
            rappellera|contactera|pourra|s'en_occupe|reviendra)
      | (?:pouvez-vous|pourriez-vous|merci_de|veuillez)_(?:me_|m'|nous_)?(?:donner|indiquer|communiquer|envoyer|
            fournir|préciser|
            transmettre|confirmer)|(?:donnez|indiquez|envoyez|précisez|communiquez)-moi|il_me_(?:faut|
            faudrait)_(?:\w+_)?(?:votre|le|la)|
            j'(?:ai|aurais)_besoin_(?:de|du)
      | collègues?|conseill[eè]re?s?|(?:notre|l')_?équipe|technicien\w*|gestionnaires?
      | (?:j'ai|nous_avons)_(?:\w+_){0,2}?(?:transmis|transféré|signalé|ouvert|demandé|prévenu)
        """,
)
