"""How Spanish refuses."""

from __future__ import annotations

from ..language import Language

SPANISH = Language(
    code="es",
    common="""
        el la los las de que y en no su es un una por para con se le lo del al puede puedo usted está tu más
        pero si como este esta nos mi sus son ha
        """,
    marks="""lamentablemente desafortunadamente lamento siento puedo que margen ninguna ni absoluto abstengo
        confidenciales conmigo solo sólo únicamente solamente nunca ningún
        ninguna fuera sigamos volvamos centrémonos confidencial ilegal tampoco limito limita nada
        no niego negarme rechazar rechazo declinar imposible impiden impide prohíben prefiero preferiría""",
    declining=r"""
        (?<!si_)no_(?:(?:le|te|les|os|lo|la|se)_){0,2}(?:puedo|podemos|podré|podremos|podría|podríamos|debo|debemos|
            quiero|
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
      | (?:^|[,;:]|\beso|\besto|\bpero|\blamentablemente|\bsiento|\bdesgracia|\bello)[ ,]*no_(?:\w+_)?(?:es|está|
            resulta|va_a_ser|será|sería)_(?:\w+_)?(?:posible|contemplad|algo_que|viable|una_opción)
      | no_(?:es|son|está)_(?:\w+_)?(?:negociable|mi_función|parte_de_mi|apropiado_que_yo)
      | no_(?:\w+_)?(?:ofrecemos|hacemos|damos|facilitamos|compartimos|vendemos|negociamos|concedemos|realizamos|
            aplicamos|
            comparto|doy|facilito|revelo|comento|opino|ofrezco|hago|entro|tomo|discuto|respondo)\b
      | (?:solo|sólo|únicamente|solamente|exclusivamente)_(?:\w+_)?(?:puedo|podemos|estoy|respondo|atiendo|hablo|
            trato|gestiono|ayudo)
      | (?:puedo|estoy|podemos|respondo|atiendo|me_dedico)_(?:\w+_){0,4}?(?:solo|sólo|únicamente|solamente|
            exclusivamente)_
      | (?:mi_función|mi_papel|mi_trabajo)_(?:\w+_){0,2}?(?:limita|se_limita|es_únicamente|es_solo)|me_limito_a
      | (?:sigamos|volvamos|centrémonos|mantengamos|quedémonos|ciñámonos|mejor_sigamos)_
      | (?:fuera|más_allá)_de_(?:mi|mis|nuestro|lo_que|lugar)|queda_(?:\w+_)?fuera|(?:es|
            son)_(?:\w+_)?(?:confidencial)
      | no_(?:se_)?(?:puede|pueden)_(?:\w+_)?(?:ser_)?(?:compartir|compartid|revelar|revelad|facilitar|facilitad|
            conceder|concedid|
            divulgar|divulgad|negociar|hacer_excepciones)
      | (?:de_ninguna_manera|ni_hablar|en_absoluto)\b|(?:de|sobre)_\w+_(?:\w+_)?no_(?:hablo|opino|trato)|
            me_abstengo|prefiero_abstenerme
      | no_se_(?:realizan|hacen|facilitan|conceden|ofrecen|permiten)\b(?!_\w+_sin_)|
            se_quedan?_conmigo
      | no_(?:hay|existe)_(?:excepciones|forma_de_que|manera_de_que)|no_va_a_(?:poder_)?ser
      | al_margen_de|no_(?:\w+_){0,2}?voy_a\b(?!_(?:mentir|tardar))
      | (?:lamentablemente|desafortunadamente|lamento|siento)\b[^.!?]{0,120}?\bno_(?:es_posible|disponemos|
            se_(?:puede|pueden)|admite|podemos)\b|por_lo_que_no_(?:es|resulta)_posible
      | (?:por|de)_no_poder_(?:atender|ayudar|acceder)
        """,
    idle=r"""
        (?:no_sé|encontrar|ver|esperar|entender|oír|abrir_el|distinguir|saber_si|estar_más_de_acuerdo)\b
      | sin_(?:su|sus|tu|tus|el|la|saber|conocer)\b
      | (?:hasta_que|antes_de|a_menos_que)\b
      | (?:saber|predecir|garantizar|confirmar|localizar|consultar|acceder_a|decir(?:le|te)?_(?:cuándo|si|cuánto|
            cómo))\b|tengo_acceso
        """,
    delivering=r"""
        (?:he|hemos)_(?!entendido|revisado|leído|recibido|intentado|comprobado)(?:ya_)?\w+(?:ado|ido|to|cho)\b
      | (?:puede|puedes|pueden)_(?!contactar|ponerse|preguntar|dirigirse|hablar|llamar|consultar)
      | (?:fue|ha_sido|está|están)_\w+(?:ado|ada|ido|ida|to|ta)\b|(?:gratis|suele[ns]?|en_general|normalmente)\b
      | (?:aquí_(?:está|tiene|tienes)|en_su_lugar|en_cambio)\b
      | (?:abra|abre|haga_clic|elija|elige|vaya|ve_a|siga)\b
      | (?<!\w_)(?:sí|claro|por_supuesto)\b(?=[,.!])
        """,
    filling=r"""
        (?:algo_más|otra_cosa|póngase|ponte_en|contact|atención_al_cliente|espero|entiendo|comprendo|lamento|siento
      | puedo_ayudar|gracias|diríjase)
      | (?:te|le|os)_(?:animo|invito|recomiendo|sugiero|aconsejo)|otr[ao]s?_(?:pregunta|consulta|tema|duda)
      | (?:tiene|tienes)_(?:\w+_)?(?:alguna|otra)_(?:\w+_)?(?:consulta|pregunta|duda)|\bsigue\b|\bpermanece\b
      | (?:puedo|podemos)_ayudar|(?:hemos|he)_(?:revisado|comprobado)|gracias|otr[ao]_
        """,
    turning=r"(?:pero|sin_embargo|no_obstante|en_cambio|aunque|aun_así)\b",
    moral=r"""
        ilegal|ilícit|ley\b|delito|prohibid|étic|moral|dañ|herir|violen|arma\b|armas\b|discrimin|racis|odio|ofens|
            dignidad|privacidad|
            consentimiento|peligros|crimen|criminal|abus|inapropiad|respet|datos_personales|información_personal|
            derechos_de_autor|
            manipul|engañ|suicid|droga|matar|robar|hacke|acos|fraud|estaf
        """,
    moralising=r"""
        (?:no_(?:es|sería|está)_(?:\w+_)?(?:ético|apropiado|aceptable|correcto|adecuado|moral|legal|bien)|(?:es|
            sería)_(?:\w+_)?
            (?:ilegal|inmoral|inaceptable|inapropiado|poco_ético|un_delito))
        """,
    onward=r"""
        (?:te|le|lo|la|os)_(?:paso|transfiero|derivo|comunico_con|pongo_en|conecto|traslado)|(?:voy_a|vamos_a|
            puedo)_(?:\w+_)?
            (?:transferir|pasar|derivar|escalar|trasladar|ponerl[eoa]|comunicarl[eoa]_con)
      | (?:compañer\w+|agente|equipo|especialista|departamento|responsable|gestor\w*)_(?:\w+_){0,4}?(?:le_|te_|
            se_)?(?:llamará|contactará|
            atenderá|va_a|revisará|pondrá|podrá|encargará|ocupará)
      | (?:dígame|dime|facilíteme|indíqueme|envíeme|necesito|necesitaría|me_(?:puede|puedes|podría|podrías)_(?:dar|
            decir|indicar|facilitar|enviar|confirmar))
      | compañer\w+|(?:nuestro|el)_equipo|técnic[oa]\b|gestor[ae]?s?\b|asesor\w*|agente_humano
        """,
)
