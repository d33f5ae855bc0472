"""Words of those who serve: in a user's mouth they play the assistant."""

from __future__ import annotations

import re

from .likeness import flatten

_ENGLISH = r"""
    ^[*\x5f"]{0,3}(?:assistant|agent|bot|support|ai)[*\x5f"]{0,3}\s?:
  # offers
  | \b(?:how|what)_(?:can|may|could)_i_(?:help|assist)(?:_you)?(?:_(?:today|further|now|with_(?:that|this)|
            with_your_\w+))?\s?(?:[?.!]|$)
  | \bwhat_(?:else_)?(?:can|may)_i_do_for_you\b
  | \b(?:can|may)_i_help_you_with\b
  | \b(?:anything|something)_else_(?:that_)?(?:i|we)_(?:can|may|could)_(?:do_for_you|help_you|help_with|assist)\b
  | \b(?:let|lemme)_?(?:me_)?(?:help|assist|guide|walk)_you\b
  | \b(?:i'll|i_will|i'd|i_can|we_can|we'll)_(?:assist|guide|walk)_you\b|\bi_can_help_you_with\b
  | \bi(?:'d|'ll|'m|_would|_will|_am)_(?:be_)?(?:happy|glad|pleased|delighted|here)_to_(?:help|assist|guide|
            walk)_you\b
  | \b(?:happy|glad|pleased|delighted)_to_(?:guide|assist)_you\b|\bglad_i_could_help\b
  # thanks of a company
  | \b(?:thanks?|thank_you)(?:_(?:so|very)_much)?_for_(?:contacting|reaching_out|calling_(?:us|in)|choosing|
            bearing_with_us
      |providing_(?:that|your|the)|your_(?:cooperation|inquiry|enquiry|interest|business|loyalty|purchase))\b
  | \bgrateful_for_your_understanding\b
  # a company's we
  | \bwe_(?:look_forward_to_(?:welcoming|serving|hosting|helping)|hope_(?:that_)?you(?:'ve|_have|_had|_enjoy(?:ed)?)\b
      |would_love_to_(?:welcome|have_you|host)|regret|value_your|appreciate_your
      |take_(?:\w+_){1,3}seriously|apologi[sz]e_for_(?:any|the)|are_sorry_(?:for_(?:any|the)|to_hear)
      |(?:are|would_be)_(?:happy|pleased|delighted|here)_to_(?:help|assist|inform|offer|welcome|guide|serve))
  | \bwe(?:'ll|_will)_(?:\w+_)?(?:review|process|get_back_to_you|contact_you|send_you|refund|reach_out|let_you_know|
            be_in_touch|investigate
      |look_into|notify)\b
  | \bour_(?:support|customer|technical|licensing|sales|billing|booking|reservations?|claims|returns?|service)_
      (?:service_|care_)?(?:team|service|department|desk|staff|agents?|experts?)\b
  | \b(?:in|from|by)_our_(?:shop|store|bakery|hotel|restaurant|branch|warehouse)\b|\bour_(?:colleagues|specialists|
            representatives|bestseller|letters_are)\b
  | \b(?:from|with|by|to|contact|contacting)_(?:us|our_team)(?:\s?[.!]|_(?:shortly|soon|again|within|today|back|
            and_the)\b)
  # what only who serves can promise, do or see
  | \byou(?:'ll|_will)_(?:\w+_)?(?:receive|get|hear)_(?:an?_|the_|your_)?(?:confirmation|e-?mail|refund|reply|
            response|back_from_(?:us|our)|notification
      |tracking|update|from_(?:us|our|me))\b
  | \byour_(?:order|parcel|package|payment|refund|claim|request|account|booking|reservation|subscription|case|
            ticket|card|appointment|table|room|seat)s?_
      (?:will_be|will_arrive|is_being|has_been|have_been|should_(?:be|arrive)|is_(?:on_its|confirmed|now|ready|
            cancell?ed|all_set)|was_successfully)\b
  | \b(?:credited|refunded|issued|returned)_(?:back_)?(?:to|into|on)_your_(?:account|card|original|bank)\b
  | \bi(?:'ve|_have)_(?:\w+_)?(?:pulled_up|located|looked_up|processed|issued|credited|escalated|unblocked|
            reactivated)_(?:your|the|that|this)\b
  | \bi(?:'ve|_have)_(?:\w+_)?(?:checked|updated|cancell?ed|rebooked|booked|arranged|applied|added|removed|
            forwarded|registered|found|reset)_
      (?:your|(?:that|this|it)_for_you|the_(?:card|reservation|account|case)_and)
  | \b(?:(?:let|lemme)_?(?:me_)?|i'll_|i_will_|i_can_|i'm_going_to_|we_can_|we'll_|we_will_)
      (?:(?:now|quickly|just|gladly|also|happily)_|go_ahead_and_)?
      (?:check|look|arrange|process|book|rebook|cancel|order|reserve|issue|set|sort|add|change|update|transfer|find|
            pull|track|
      confirm|request|apply|put|activate|unblock|open|raise|hold|see|have|take|get_(?:that|this|it)_(?:sorted|fixed|
            arranged|done))_
      (?:[\w'-]+_){0,5}?for_you\b(?!_to)
  | \b(?:shall_i_|can_i_|may_i_|should_i_|could_i_)(?:[\w'-]+_){1,6}?for_you\b(?!_to)
  | \b(?:let_me|lemme|i'll|i_will|i_can|we_can|we'll)_(?:now_|quickly_|just_)?(?:check|arrange|process|cancel|book|
            rebook|update|transfer|connect|look_(?:up|into)
      |pull_up|confirm|verify|issue|unblock|reset|track)_(?:your|you\b)
  | \bi_can_see_(?:that_your|your|a_few|here_that)\b|\bi_see_(?:that_)?your_(?:order|account|booking|reservation|
            payment)\b
  | \bplease_(?:arrive|bring|upload|unplug|restart|reboot|log_(?:in|out)|visit|click_(?:on|the)|fill_(?:in|out)|
            download|
            reinstall|scan|allow)\b
  | \bour_(?:\w+_)?(?:technicians?|engineers?|couriers?|carriers?|plans?_(?:\w+_)?(?:include|cost)|customers_are)\b|
            \b(?:one|many|some)_of_our_(?:technicians?|agents?|colleagues|specialists?|advis[eo]rs?|experts?|team|
            customers|guests)\b
  | \bi(?:'ve|_have)_(?:\w+_)?(?:put_you_down|booked_you|reserved_(?:it|that|the_\w+)_for_you|signed_you_up)\b
  | \bwe(?:'ll|_will)_(?:\w+_)?send_(?:you|one_of|someone|somebody|out|a_(?:new|replacement|technician))\b
  | \bi_understand_how_(?:\w+_)?(?:frustrating|upsetting|difficult|annoying|stressful|disappointing)\b
  | \bwill_be_(?:issued|processed|reviewed|refunded|dispatched|completed|shipped|credited)_(?:to_you_)?(?:within|
            in_the_next|shortly)\b
  | \b(?:i|we)(?:'d|_would)_recommend_(?:our|the|a|an|that)\b
  | \bif_you_(?:have_any_(?:\w+_)?questions|need_any(?:thing(?!_else_from_me|_from_me)|_help|_assistance|_further)|
            change_your_mind)\b
  | \byou_can_(?:\w+_)?(?:reactivate|track|manage|upgrade|reset|reschedule)_(?:the|your|it|this|them)\b
  # what who serves asks for and proposes
  | \b(?:may|could|can)_i_(?:please_|just_|also_)?(?:have|take|get|ask_for)_(?:your_(?:\w+_)?(?:order_(?:number|id)|
            booking|account
      |full_name|phone|address|date_of_birth|postcode|zip|card|details|reservation|reference|policy|membership)|
            an?_credit_card)
  | \b(?:i|we)(?:'ll|_will|_would|'d)?_(?:\w+_)?need_(?:you_to_(?:confirm|verify|provide)|your_(?:order|booking|
            account|date_of|reference|full_name|postcode))
  | \b(?:provide|share|confirm|verify|(?:give|tell)_me)_your_(?:\w+_)?(?:order|account|customer|booking|reservation|
            reference|date_of_birth|full_name
      |postcode|shipping|billing|policy|card|last_four)\b
  | \bwhat(?:'s|_is)_your_(?:order|account|customer|booking|reservation|policy)_(?:number|id|code|reference)\b
  | \bshall_i_(?:go_ahead|proceed|process|(?:re)?book_you|put_you|connect_you|transfer_you)\b
  | \bwould_you_(?:like|prefer)_(?:me_to_(?!send|show|give|repeat|describe|spell|forward|e-?mail|bring|come|call|
            upload|explain|pay|take|wait|try)
      |to_(?:book|reserve|apply|proceed|upgrade|hear_more|schedule|add|keep|continue|know_more|receive)|
            (?:\w+_){1,3}included)
  | \bif_you(?:'d|_would)_like_to_(?:apply|book|proceed|reserve|order|return|upgrade)\b
  | \b(?:anything|something)_else_(?:i|we)_can_do_to\b|\bhere(?:'s|_is)_how_you_can\b|\b(?:as_)?per_our_(?:policy|
            terms|records)\b
  | \bwe(?:'d|_would)_be_(?:delighted|happy|glad|pleased)_to_(?!pay|come|accept|wait|take|share|stay|join|try|do\b|
            have)
  | \blet_me_know_(?:if|whether)_(?:you(?:'d|_would)_like_(?:help|more|to\b|me_to|assistance|the_link|further)|
            (?:that|this|it)_(?:resolve|fixe))
  | \bour_\w+_(?:team|department)_will\b
  | \b(?:give|send|tell|provide|share)_(?:me|us)_(?:with_)?(?:the|your)_(?:\w+_)?(?:order|reference|booking|
            customer|account|tracking|policy|invoice)_
      (?:number|code|id)\b|\bso_(?:that_)?i_can_(?:trace|process|locate|pull|verify|assist|look_(?:it|that|this|
            into|up))
  | \bwe_(?:strongly_|usually_)?(?:recommend|suggest|advise)\b
  | \b(?:i'll|i_will|i_can|let_me|we'll|we_will)_(?:\w+_)?(?:prepare|send|forward|submit|start|create|open|find|
            review|approve|note|correct)_your_
      (?:quote|order|booking|refund|account|claim|request|case|application|reservation|tickets?|file|details)\b
  | \bwould_you_like_(?:an?_|some_|the_)(?:example|overview|summary|link|quote|refund|receipt|copy|replacement)
  | \blet_me_know_if_you_(?:run_into|have_any|need_any(?!_?thing_else_from)(?!_more_from)|encounter|want_me_to)|
            \byou(?:'re|_are)_doing_(?:great|well|
            fine)\b
  | \bforward_to_(?:hosting|welcoming|serving|having)_you\b|\blet's_(?:start|begin)_with_(?:how|your|the_basics)\b
  | \b(?:i|we)(?:'ve|_have)_(?:\w+_)?(?:issued|processed|credited|refunded|waived|removed)_(?:an?|the|
            your)_(?:\w+_)?(?:refund|fee|charge|payment|credit|
      amount|account|replacement)\b|\byou_should_see_(?:it|the|that|your)\b|\byou'll_see_(?:the|
            your)_(?:\w+_)?(?:refund|money|credit|euros|dollars|pounds)
  | \b(?:i'll|i_will|we'll|we_will|i_can|let_me)_(?:\w+_)?(?:run|start)_(?:[\w'-]+_){0,4}?(?:for_you|now)\b|
            \b(?:i'll|i_will|we'll|we_will)_(?:\w+_)?(?:notify|inform)_you\b
  | \bplease_provide_your\b|\b(?:delighted|pleased|happy)_to_(?:let_you_know|inform_you|tell_you|
            confirm)\b|\bwhile_i_(?:check|look|verify)\b
  | \b(?:one|some)_of_our_(?:handlers|drivers|nurses|doctors|sales\w*|staff)\b|\bwill_be_in_touch\b|
            \blet_me_ask_you_(?:the_next|another)\b
  | \bthank_you_for_your_understanding\b|\bwould_you_like_me_to_give_you_the\b|
            \bsafe_(?:travels|riding|journey)\b
  # set phrases
  | \blet_me_know_(?:if|whether|how)_(?:that|this|it)_(?:work|help|solve|went)|\bhope_(?:this|that)_(?:helps|
            clarifies|answers)\b
  | \bfeel_free_to_(?:reach|contact|ask|let)|\b(?:don't|do_not)_hesitate_to\b|\brest_assured\b|
            \bat_your_earliest_convenience\b
  | \b(?:i|we)_(?:completely_|fully_|totally_)?understand_your_(?:frustration|concern)|
            \bapologi[sz]e_for_any_inconvenience\b
  | \benjoy_your_(?:trip|stay|meal|flight)\b|\byou(?:'re|_are)_(?:now_)?all_set\b
  | \bas_an?_(?:ai|(?:large_)?language_model|virtual_assistant)(?:_(?:language_)?(?:model|assistant|agent))?,?_i\b
  | \b(?:i|we)(?:'d|_would)?_(?:recommend|suggest|advise)_(?:that_)?you\b
  | \bdon't_worry,?_(?:this|that|it)_(?:happens|is_(?:quite_)?(?:normal|common))
"""
_OTHERS = r"""
    \b(?:n'hésitez_pas_à|à_votre_(?:entière_)?disposition|je_vous_souhaite_une|no_(?:dude|dudes)_en|(?:algo|
            hay_algo)_más_en_(?:lo_)?que_(?:le_|te_)?pued[ao]
      |le_informaremos|vamos_a_revisar_su|a_su(?:a)?_disposizione|se_ha_bisogno_di_altro|(?:ho|
            abbiamo)_aggiunto_(?:\w+_){0,6}?sua_|não_hesite_em|sempre_disponíveis
      |se_tiver_(?:mais_)?alguma_dúvida|(?:verder|ergens)_(?:nog_)?(?:ergens_)?mee_helpen|ik_stuur_(?:je|u)_(?:zo|
            een|de)|für_weitere_fragen|stehe_ich_ihnen|zur_verfügung
      |(?:pourriez|pouvez)-vous_me_communiquer|traiter_votre_(?:demande|dossier)|quieres_que_(?:la|lo|te|le)|
            qued[oa]_a_(?:tu|su)_disposición|vi_aspettiamo
      |restiamo_a_(?:sua_|vostra_)?disposizione|è_stat[oa]_riservat[oa]_per|posso_(?:reservar|marcar|
            agendar)_(?:\w+_){0,4}?para_(?:si|você)|qual_é_o_seu_nome
      |sehr_geehrte[rs]?_(?:frau|herr)|kann_ich_sonst_noch_etwas_für_(?:sie|dich)|in_unserem_system|
            sie_erhalten_in_(?:kürze|den)
      |(?:herzlich_)?willkommen_(?:bei|im|in)|bienvenue_(?:chez|à)|bienvenid[oa]s?_a|benvenut[oaie]\b|
            bem-vind[oa]s?_|welkom_bij
      |(?:gern|gerne|sofort)_\w+e_ich_(?:ihnen|dir)|ich_(?:mache|reserviere|buche|erstelle|storniere)_(?:ihnen|dir)|
            (?:bitte_)?bringen_sie_(?:bitte_)?(?:ihren?|ein)
      |unsere[mnrs]?_(?:techniker|kolleg\w+|team|mitarbeiter\w*|filiale|kund\w+)|notre_(?:équipe|technicien|service|
            conseiller|transporteur)|nuestr[oa]_(?:equipo|técnico|tienda|transportista)
      |(?:nostr[oa]_(?:team|tecnico|corriere|negozio)|saremo_lieti|le_propongo|mi_indichi)|noss[oa]_(?:equip[ae]|
            transportadora|técnico|loja)|volto_ao_contacto|retorno_o_contato
      |(?:onze|ons)_(?:collega|monteur|klantenservice|team|winkel))
  | \b(?:wie_kann_ich_(?:ihnen|dir)_(?:\w+_)?helfen|kann_ich_(?:ihnen|dir)_(?:sonst_|noch_)*\w*_?(?:behilflich|
            weiterhelfen)|gerne?_helfe_ich_(?:ihnen|dir)
      |ich_(?:helfe|kümmere_mich|schaue|prüfe|buche|verbinde|leite)_(?:\w+_){0,3}?(?:ihnen|dir|für_sie|für_dich|
            ihre[nmrs]?|sie_weiter)\b
      |(?:vielen_)?dank_für_(?:ihre_(?:geduld|anfrage|nachricht|kontakt)|ihr_(?:verständnis|interesse|vertrauen)|
            ihren_(?:anruf|einkauf|kontakt))
      |wir_(?:freuen_uns_(?:auf_sie|sie)|bedauern|bitten_um_(?:ihr_)?verständnis|melden_uns_bei|kümmern_uns|
            entschuldigen_uns|prüfen_das|nehmen_ihr)
      |(?:nennen|geben|teilen)_sie_(?:mir|uns)_(?:\w+_)?(?:bitte_)?ihre|darf_ich_(?:bitte_)?(?:um_)?ihre|
            ihre_(?:bestellung|buchung|anfrage|sendung|rückerstattung)_(?:wird|wurde|ist)
      |sie_(?:erhalten|bekommen)_(?:in_kürze|demnächst|eine_bestätigung|von_uns)|möchten_sie,_dass_ich|
            soll_ich_(?:\w+_){1,4}für_sie)\b
  | \b(?:(?:comment|en_quoi)_puis-je_vous_(?:aider|être)|puis-je_vous_aider|je_vous_(?:aide|accompagne|propose_de|
            mets_en|transfère|invite_à)|je_m'en_occupe_pour
      |(?:merci|nous_vous_remercions)_(?:de_votre_(?:patience|compréhension|confiance|appel)|d'avoir_(?:contacté|
            patienté))
      |nous_(?:sommes_(?:ravis|désolés_pour)|regrettons|vous_(?:contacterons|recontacterons|rappellerons|remercions|
            souhaitons)|prenons_)
      |je_(?:vérifie|regarde|consulte)_(?:\w+_){0,3}?(?:pour_vous|votre)|(?:pouvez|
            pourriez)-vous_(?:me_)?(?:communiquer|fournir|indiquer|confirmer|donner)_votre
      |votre_(?:commande|remboursement|demande|colis|réservation)_(?:sera|a_été|est_en)|vous_recevrez|
            souhaitez-vous_que_je|à_votre_disposition)\b
  | \b(?:en_qué_(?:puedo|le_puedo|te_puedo)_ayudar(?:le|te)?|(?:yo_)?(?:te|le)_ayudo_con|con_gusto_(?:le|te)_ayudo|
            (?:puedo|voy_a)_ayudar(?:le|te)_con
      |gracias_por_(?:contactar|comunicarse|su_(?:paciencia|comprensión|compra|llamada)|tu_(?:paciencia|
            comprensión)|elegir)
      |(?:me_)?(?:puede|puedes|podría|podrías)_(?:\w+_)?(?:decir|facilitar|dar|indicar|confirmar)(?:me)?_(?:tu|
            su)_(?:número|localizador|pedido|correo|nombre)
      |(?:lamentamos|sentimos)_(?:las|los|cualquier)|(?:su|tu)_(?:pedido|reembolso|solicitud|reserva)_(?:será|
            ha_sido|está_en)|(?:recibirá|recibirás)_(?:un|una|su|tu)
      |estamos_(?:encantados|para_ayudar)|quedo_a_su|no_(?:dude|dudes)_en)\b
  | \b(?:come_posso_(?:aiutar(?:la|ti)|esser(?:le|ti))|posso_aiutar(?:la|ti)_con|(?:la|ti)_aiuto_(?:io|con|
            volentieri)|grazie_per_(?:averci|aver_contattato|la_sua_(?:pazienza|comprensione)|la_pazienza)
      |(?:mi_può|può|potrebbe|mi_puoi)_(?:\w+_)?(?:fornire|indicare|dare|dire|confermare)(?:mi)?_(?:il_suo|la_sua|
            il_tuo)|ci_scusiamo|siamo_(?:lieti|spiacenti)
      |il_suo_(?:ordine|rimborso|pacco)_(?:è|sarà|verrà)|la_sua_(?:richiesta|prenotazione)_(?:è|sarà|verrà)|
            riceverà_(?:un|una|il)|verifico_subito|resto_a_disposizione)\b
  | \b(?:(?:em_que|como)_posso_(?:ajud[aá]r?(?:-lo|-la|-te)?|lhe_ajudar|te_ajudar)|posso_ajudá-l[oa]_com|
            obrigad[oa]_por_(?:entrar_em_contato|contactar|aguardar|sua_paciência|escolher)
      |agradecemos_(?:o_seu|a_sua|seu|sua)|(?:pode|poderia|podia)_(?:me_)?(?:informar|confirmar|fornecer|indicar|
            dizer-me)_(?:o_seu|seu|a_sua|sua)
      |lamentamos|(?:o_seu|seu)_(?:pedido|reembolso)_(?:será|foi|está_a)|a_sua_(?:encomenda|reserva)_(?:será|foi)|
            você_receberá|receberá_(?:um|uma)|vou_verificar_(?:\w+_)?(?:para|o_seu|seu|sua|a_sua)
      |estamos_à_disposição|fico_à_disposição)\b
  | \b(?:(?:waarmee|hoe)_kan_ik_(?:u|je)_(?:\w+_)?helpen|ik_(?:help|kijk|zoek|controleer|regel|boek|
            check)_(?:\w+_){0,3}?(?:u_|je_)?(?:graag_verder|met_je_mee|met_u_mee|voor_(?:u|je)|je_bestelling|uw_)
      |(?:bedankt|dank)_(?:u_|je_)?voor_(?:uw|je)_(?:geduld|begrip|bericht|bestelling|interesse)|
            contact_(?:met_ons_)?(?:opneemt|opnam)|contact_met_ons
      |wij?_(?:nemen_(?:zo_|spoedig_)?(?:snel_)?contact|betreuren|verwelkomen|vinden_het_vervelend|helpen_(?:u|je))|
            (?:kunt_u|kun_je|mag_ik)_(?:\w+_)?(?:uw|je)_(?:bestel|klant|order|boekings)
      |(?:uw|je)_(?:bestelling|aanvraag|terugbetaling)_(?:wordt|is_onderweg|werd)|(?:u|je)_ontvangt_(?:een|binnen|
            zo)|in_jouw_pakket)\b
"""


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("_", r"\s"), re.IGNORECASE | re.VERBOSE | re.MULTILINE)


_SERVES = tuple(map(_compile, (_ENGLISH, _OTHERS)))
_QUOTED = re.compile(r'"[^"\n]*"|“[^“”\n]*+”|„[^„“\n]*+“|«[^«»\n]*+»|^>.*$', re.MULTILINE)


def find_service_phrase(text: str) -> str:
    """Find words in a user message that only who serves would say.

    Args:
        text: A user message. What it quotes is somebody else's.

    Returns:
        The words; nothing if there are none.
    """
    said = drop_quotes(text)
    found = next(filter(None, (pattern.search(said) for pattern in _SERVES)), None)
    return " ".join(found.group().split()) if found else ""


def drop_quotes(text: str) -> str:
    """A text on one line, without what it quotes.

    Args:
        text: A message.
    """
    return _QUOTED.sub(" ", flatten(text))
