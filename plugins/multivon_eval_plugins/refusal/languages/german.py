"""How German refuses."""

from __future__ import annotations

from ..language import Language

GERMAN = Language(
    code="de",
    common="""
        der die das und ist sie ich nicht wir ihnen ihr ihre für mit den ein eine zu auf es dem im von haben
        kann können bitte sich auch wird bei leider ihren als sind du dir mir dein
        """,
    marks="""leider passen dabei damit davon daran dazu verschluss enthalte passe bekommst nur ausschließlich
        lediglich
        bleiben
        lassen außerhalb ausgeschlossen vertraulich illegal unmoralisch unethisch strafbar falsch weder
        nicht nichts kein keine keinen keiner keinem ablehnen verweigern lehne weigere unmöglich absagen fehlt
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
      | (?:(?:das|dies|es|so_etwas)_(?:ist|wäre|bleibt)|(?:ist|wäre|bleibt)_(?:das|dies|es|so_etwas))_(?:\w+_){0,3}?
            (?:nicht_(?:möglich|vorgesehen|verhandelbar|zulässig|gestattet|erlaubt|im_angebot|teil_meiner)|
            ausgeschlossen)\b
      | (?:ist|sind|bleibt|bleiben)_(?:\w+_){0,3}?(?:nicht_verhandelbar|tabu|vertraulich)\b
      | (?:bieten|führen|machen|geben|erteilen|gewähren|teilen|verhandeln|diskutieren|kommentieren|unterstützen)_wir_
            (?:\w+_){0,5}?(?:nicht|keine?[nmrs]?)\b
      | wir_(?:bieten|führen|machen|geben|erteilen|gewähren|teilen|verhandeln|unterstützen)_(?:\w+_){0,5}?(?:nicht|
            keine?[nmrs]?)\b
      | (?:ich|wir)_(?:gebe|äußere|unterstütze|helfe|mache|beteilige|kommentiere|verrate|
            teile)_(?:\w+_){0,5}?(?:nicht|keine?[nmrs]?)\b
      | (?:ich_kann|kann_ich|ich_darf|darf_ich|wir_können|können_wir|ich_bin|bin_ich|ich_beantworte|beantworte_ich|
            ich_helfe)_(?:\w+_){0,5}?(?:nur|ausschließlich|lediglich|allein)_(?:\w+_){0,6}?(?:helfen|da\b|zuständig|
            fragen|
            sprechen|auskunft|beantworten|weiterhelfen|themen|unterstützen|rund|zu\b|bei\b|für\b|über\b|mit\b)
      | (?:lassen_sie_uns|lass_uns|bleiben_wir|wollen_wir|konzentrieren_wir)_(?:\w+_){0,3}?(?:bei|beim|auf|zu|zum|
            zurück|bleiben|lieber)\b
      | (?:außerhalb|jenseits)_(?:meine[srm]|unsere[srm]|des|dessen)\b
      | (?:kann|können|darf|dürfen|wird|werden)_(?:\w+_){0,5}?nicht_(?:weitergegeben|herausgegeben|offengelegt|
            mitgeteilt|
            gewährt|genehmigt|veröffentlicht|preisgegeben|verraten)\b
      | (?:das|es)_(?:geht|steht)_(?:\w+_){0,3}?nicht\b|(?:dabei|damit|dazu|daran|davon)_\w+_(?:ich|
            wir)_(?:\w+_){0,3}?
            (?:nicht|keine?\b|die_finger)|bekommst_du_(?:\w+_)?(?:von_mir_)?(?:\w+_)?nicht|(?:ich|
            wir)_(?:\w+_)?(?:enthalte|enthalten|passe)_?(?:mich|uns|\b)
      | (?:bleibt|bleiben|behalte|behalten)_(?:ich_)?(?:\w+_)?(?:für_mich|unter_verschluss|intern)|auf_keinen_fall|
            kommt_nicht_(?:in_frage|infrage)
      | (?:kenne|beschäftige|befasse)_(?:ich_)?mich_(?:\w+_)?(?:nur|ausschließlich)|nicht_(?:meine|
            unsere)_(?:aufgabe|sache)|dafür_bin_ich_nicht\b
      | muss_ich_(?:leider_)?passen|ich_(?:habe|hab)_(?:\w+_){0,3}?keine_(?:\w+_)?meinung
      | leider\b[^.!?]{0,120}?\b(?:nicht_(?:möglich|erstattet|storniert|geändert|angeboten|gewährt|entgegenkommen|
            anbieten|verfügbar)|keine[nrms]?_\w+_(?:anbieten|gewähren|vornehmen|machen))\b|nicht_entgegenkommen|
            äußere_ich_mich_nicht
      | (?:und|aber)_kann_(?:\w+_)?nur_(?:\w+_){0,8}?(?:beantworten|helfen|weiterhelfen)|von_der_\w+_ausgeschlossen|
            nicht_entsprechen\b
        """,
    idle=r"""
        (?:weiß_ich_nicht|nicht_(?:sagen|sicher)|finden|sehen|erkennen|verstehen|nachvollziehen|beurteilen|erwarten|
            warten|öffnen|ausschließen)\b
      | ohne_(?:ihre?n?|deine?n?|die|den)\b
      | (?:bevor|solange|bis)_(?:sie|du|ich|wir)\b
      | weiß\b|wissen\b|einsehen|sagen,_(?:wann|ob|wie|was)|vorhersagen|garantieren|bestätigen|zugriff_auf
        """,
    delivering=r"""
        (?:ich_habe|habe_ich|wir_haben|haben_wir)\b(?!_(?:leider|keine?|volles|dafür|verständnis))
            .{0,120}?\b\w*(?:ge\w+(?:t|en)|\w+iert|erstattet|veranlasst|verschickt|versandt|bestellt)\b
      | (?:ist|sind|wurde|wurden)\b.{0,120}?\b(?:\w*ge\w+(?:t|en)|\w+iert|erstattet|veranlasst|verschickt|
            unterwegs|frei)\b
      | (?:(?:sie|du)_(?:können|kannst)|(?:können_sie|kannst_du))\b(?!.*\b(?:wenden|fragen|kontaktieren)\b)
      | (?:hier_(?:ist|sind)|stattdessen|in_der_regel|meist|normalerweise|im_allgemeinen)\b
      | (?:öffnen|klicken|wählen|gehen)_sie\b
      | (?<!\w_)(?:ja|natürlich|gerne|selbstverständlich)\b(?=[,.!])
        """,
    filling=r"""
        (?:sonst_noch|noch_etwas_(?:für|tun|anderes)|etwas_anderes|anderweitig|gerne?_(?:\w+_){0,4}(?:helfe|weiter|
            zur)
      | helfe_ich|bitte_wenden|wenden_sie_sich|kundendienst|kundenservice|support|verständnis
      | ich_(?:hoffe|verstehe|bedaure))
      | (?:empfehle|rate|ermutige|lege)_(?:ich_)?(?:ihnen|dir|sie|dich)|bitte_ich_(?:sie|um)|weitere_fragen|
            andere[nrs]?_(?:fragen|themen|anliegen)
      | (?:haben_sie|hast_du|gibt_es)_(?:\w+_){0,3}?(?:frage|anliegen)|\bbleibt\b|\bbleiben\b
      | vielen_dank|danke\b|geprüft|(?:kann|helfe|unterstütze)_ich_(?:ihnen|dir)|gerne?_(?:\w+_){0,3}?(?:bei|mit|
            zu)\b|tut_(?:mir|uns)_leid
        """,
    turning=r"(?:aber|jedoch|allerdings|trotzdem|dennoch|stattdessen|dafür)\b",
    moral=r"""
        illegal|strafbar|gesetz|verboten|rechtswidrig|ethisch|moral|schad|schäd|verletz|gewalt|waffe|diskriminier|
            rassis|hass|
            beleidig|privatsphäre|datenschutz|zustimmung|gefährlich|verbrechen|straftat|missbrauch|unangemessen|
            betrug|
            respekt|persönliche_daten|persönlichkeitsrecht|urheberrecht|manipul|täusch|suizid|drogen|töt|mord|stehl|
            hack|gefähr
        """,
    moralising=r"""
        (?:ist|wäre)_(?:\w+_){0,4}?(?:nicht_(?:\w+_)?(?:in_ordnung|akzeptabel|angemessen|ethisch|vertretbar|richtig|
            legal|
            erlaubt)|illegal|strafbar|unethisch|unmoralisch|rechtswidrig|verboten|falsch_und)\b
        """,
    onward=r"""
        (?:verbinde|leite|übergebe|gebe|reiche|stelle)_(?:ich_)?(?:\w+_){0,8}?(?:weiter|durch|mit|an|ab|zu)\b
      | (?:kolleg\w+|mitarbeiter\w*|team|fachabteilung|abteilung|berater\w*)_(?:\w+_){0,3}?(?:meldet|melden|kümmert|
            kümmern|
            wird|werden|übernimmt|prüft|ruft)\b
      | (?:verbinde|leite)_ich\b|weiter(?:leiten|geleitet|gegeben|verbinden)|durchstellen
      | (?:nennen|geben|schicken|senden|teilen)_sie_(?:mir|uns)\b|(?:nenn|gib|schick)_mir\b
      | (?:brauche|benötige|bräuchte)_(?:ich_)?(?:\w+_){0,3}?(?:ihre|deine|die|noch)
      | kolleg\w+|kundenberat\w+|fachabteilung|(?:unser|das)_\w*team\b|sachbearbeiter\w*|techniker\w*
        """,
)
