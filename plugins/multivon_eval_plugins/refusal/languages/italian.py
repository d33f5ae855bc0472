"""How Italian refuses."""

from __future__ import annotations

from ..language import Language

ITALIAN = Language(
    code="it",
    common="""
        il la le di che e non è un una per con del della in si lei suo sua sono può posso gli al alla da nel ma
        questo questa se più come mi ho ci i o
        """,
    marks="""purtroppo spiacenti dispiace niente passo astengo solo soltanto esclusivamente unicamente nessun
        nessuna mai fuori restiamo
        torniamo rimaniamo concentriamoci riservate riservato illegale limita limito neanche nulla niente
        non rifiuto rifiutare declinare impossibile impediscono vietano impedisce preferisco preferirei""",
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
      | (?:^|[,;:]|\bquesto|\bquello|\bciò|\bma|\bpurtroppo|\bdispiace)[ ,]*non_(?:\w+_)?(?:è|sarà|
            sarebbe)_(?:\w+_)?(?:possibile|previsto|qualcosa_che|un'opzione|fattibile)
      | non_(?:è|sono)_(?:\w+_)?(?:negoziabil|compito_mio)
      | non_(?:\w+_)?(?:offriamo|facciamo|diamo|forniamo|condividiamo|vendiamo|trattiamo|concediamo|effettuiamo|
            applichiamo|
            condivido|fornisco|rivelo|commento|esprimo|offro|discuto|rispondo|tratto|entro|prendo)\b
      | (?:solo|soltanto|esclusivamente|unicamente)_(?:\w+_){0,4}?(?:posso|rispondere|aiutare|aiutarla|aiutarti|
            domande|su|di|per|a|con|
            le|gli|questioni|temi)\b(?<=_).{0,0}|(?:posso|possiamo|sono_qui|rispondo|
            mi_occupo)_(?:\w+_){0,4}?(?:solo|soltanto|
            esclusivamente|unicamente)\b
      | (?:il_mio_(?:ruolo|compito))_(?:\w+_){0,2}?(?:limita|è_solo|riguarda_solo)|mi_limito_a
      | (?:restiamo|torniamo|rimaniamo|concentriamoci|atteniamoci|parliamo_piuttosto)_
      | (?:fuori|al_di_fuori|esula|oltre)_(?:d[ai]_|dal_|dalla_|dalle_|dai_)?(?:mi[oaei]|mie|quell|ciò|nostr|
            discussione|compet)
      | (?:è|sono|restano|resta)_(?:\w+_)?(?:riservat|escluso\b|fuori_discussione)
      | (?:niente_da_fare|assolutamente_no|non_se_ne_parla)\b|\bpasso\b(?=[.!]?$)|mi_astengo|preferisco_astenermi
      | (?:non|mai)_(?:facciamo|applichiamo|rilasciamo)\b
      | non_è_(?:\w+_)?consentit[ao]\b(?=[.!]?$)
      | non_(?:si_)?(?:può|possono)_(?:essere_)?(?:\w+_)?(?:condivider|condivis|rivelar|rivelat|comunicar|comunicat|
            fornir|fornit|conceder|concess|divulgar)
      | non_(?:\w+_){0,2}?\w+(?:erò|eremo|irò|iremo)\b
      | (?:purtroppo|spiacenti|dispiace)\b[^.!?]{0,120}?\bnon_(?:è|sono|può|possono)_(?:\w+_)?(?:possibile|
            rimborsabil|modificabil|essere|previst|disponibil)
        """,
    idle=r"""
        (?:non_so\b|trovare|vedere|aspettare|capire|sentire|aprire_(?:il|l')|distinguere|sapere_se|
            essere_più_d'accordo)\b
      | senza_(?:il|la|i|le|sapere|conoscere)\b
      | (?:finché|prima_di|prima_che|a_meno_che)\b
      | (?:sapere|prevedere|garantire|confermare|verificare|rintracciare|accedere|dire_(?:quando|se|quanto|come))\b|
            ho_accesso
        """,
    delivering=r"""
        (?:ho|abbiamo)_(?!capito|compreso|ricevuto|letto|controllato|provato)(?:già_)?\w+(?:ato|uto|ito|sso|tto|sto)\b
      | (?:può|puoi|potete)_(?:però_|anche_|comunque_)?(?!contattare|rivolger|chiedere|parlare|chiamare)
      | (?:è_stat[oa]|sono_stat[ie]|bastano|basta|di_solito|in_genere|in_generale|gratis)\b
      | ecco\b
      | (?:apra|apri|clicchi|clicca|scelga|scegli|vada|vai|segua)\b
      | (?<!\w_)(?:sì|certo|certamente)\b(?=[,.!])
        """,
    filling=r"""
        (?:qualcos'altro|altro|contattare|contatti|rivolgersi|si_rivolga|servizio_clienti|spero|capisco|comprendo
      | posso_aiutar|aiutarla_con|grazie|mi_dispiace|mi_spiace)
      | (?:la|ti|vi)_(?:invito|incoraggio|consiglio|suggerisco)|(?:le|ti)_(?:consiglio|suggerisco|raccomando)|
            altr[aeio]_(?:domand|richiest|question|argoment)
      | (?:ha|hai)_(?:\w+_)?(?:domande|qualche_domanda|bisogno)|\b(?:resta|rimane)\b
      | posso_(?:aiutar|assister)|(?:ho|abbiamo)_(?:verificato|controllato)|la_ringrazi|un_altr
        """,
    turning=r"(?:ma|però|tuttavia|invece|comunque|in_compenso)\b",
    moral=r"""
        illegal|illecit|legge\b|reato|vietat|etic|moral|dann|ferir|violen|arma\b|armi\b|discrimin|razzis|odio|
            offens|dignità|privacy|
            riservatezza|consenso|pericolos|crimin|abus|inappropriat|rispett|dati_personali|informazioni_personali|
            diritt[oi]_d'autore|
            manipol|ingann|suicid|drog|uccid|rubar|hacker|molest|truff|frod
        """,
    moralising=r"""
        (?:non_(?:è|sarebbe)_(?:\w+_)?(?:etico|appropriato|accettabile|corretto|giusto|morale|legale|opportuno)|
            (?:è|sarebbe)_(?:\w+_)?
            (?:illegale|immorale|inaccettabile|inappropriato|un_reato|contrario_all))
        """,
    onward=r"""
        (?:la|ti|vi|lo)_(?:passo|trasferisco|metto_in|collego|inoltro|giro|indirizzo)|(?:passo|inoltro|giro|
            trasmetto|apro)_(?:\w+_){0,4}?(?:a|al|alla|allo|ai|un|una)\b
      | (?:colleg\w+|operator\w+|team|ufficio|reparto|responsabile|specialista|consulente)_(?:\w+_){0,4}?(?:la_|
            ti_)?(?:contatterà|richiamerà|
            chiamerà|prenderà|potrà|si_occuperà|verificherà|risponderà)
      | (?:mi_(?:può|puoi|potrebbe|dia|dica|indichi|mandi)|mi_(?:serve|servirebbe)|ho_bisogno_d)|(?:dammi|dimmi|
            mandami|indicami)
      | colleg(?:a|hi|he|o)\b|operat(?:ore|rice|ori)\b|(?:nostro|il)_team|tecnic[oi]\b|consulente
        """,
)
