"""How Portuguese refuses."""

from __future__ import annotations

from ..language import Language

PORTUGUESE = Language(
    code="pt",
    common="""
        o a os as de que e não é um uma para com do da em se seu sua no na por está pode posso você mais mas
        este esta ao são isso foi como nos meu sem
        """,
    marks="""infelizmente lamento lamentamos nem jeito abstenho modo só somente apenas unicamente exclusivamente
        nunca nenhum nenhuma fora vamos
        voltemos confidencial confidenciais ilegal limito limita nada
        não recuso recuso-me recusar declinar impossível impedem impedem-me prefiro preferia""",
    declining=r"""
        (?<!se_)não_(?:(?:lhe|te|o|a|os|as)_)?(?:posso|podemos|consigo|conseguimos|poderei|poderemos|poderia|devo|
            devemos|
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
      | (?:^|[,;:]|\bisso|\bisto|\bmas|\binfelizmente|\blamento|\btal)[ ,]*não_(?:\w+_)?(?:é|será|seria|
            está)_(?:\w+_)?(?:possível|previsto|algo_que|uma_opção|viável|comigo)
      | não_(?:é|são)_(?:\w+_)?negociáve
      | não_(?:\w+_)?(?:oferecemos|fazemos|damos|fornecemos|partilhamos|compartilhamos|vendemos|negociamos|
            concedemos|realizamos|
            partilho|compartilho|forneço|revelo|comento|dou|opino|discuto|ofereço|faço|trato|entro|respondo)\b
      | (?:só|somente|apenas|unicamente|exclusivamente)_(?:\w+_)?(?:posso|podemos|consigo|estou|respondo|trato|falo|
            ajudo|atendo)
      | (?:posso|podemos|estou_aqui|respondo|trato)_(?:\w+_){0,4}?(?:só|somente|apenas|unicamente|exclusivamente)\b
      | (?:o_meu|meu|a_minha|minha)_(?:papel|função|trabalho)_(?:\w+_){0,2}?(?:limita|é_apenas|é_só)|limito-me_a|
            me_limito_a
      | (?:vamos_(?:manter|voltar|focar|concentrar|ficar|continuar)|voltemos|fiquemos|mantenhamos|foquemos)\b
      | (?:fora|além)_d(?:o|a|e|os|as|aquilo)_(?:\w+_)?(?:meu|minha|nosso|âmbito|que|escopo|alcance|questão)|
            fora_de_questão
      | (?:é|são)_(?:\w+_)?(?:confidencia)
      | não_(?:se_)?(?:pode|podem)_(?:ser_)?(?:\w+_)?(?:partilhad|compartilhad|revelad|fornecid|divulgad|concedid|
            partilhar|revelar|divulgar|conceder)
      | (?:de_jeito_nenhum|de_modo_algum|nem_pensar|fora_de_cogitação)\b|me_abstenho|abstenho-me|não_é_comigo
      | não_(?:há|existe)_(?:exceções|forma_de|como_(?:eu|abrir))
      | (?:infelizmente|lamento|lamentamos)\b[^.!?]{0,120}?\bnão_(?:é|são|pode|podem|está)_(?:\w+_)?(?:possível|
            reembolsáve|ser|permitid|disponíve)
      | (?:por|de)_não_poder_(?:atender|ajudar)
        """,
    idle=r"""
        (?:não_sei|encontrar|ver|esperar|entender|perceber|ouvir|abrir_o|distinguir|saber_se|concordar_mais)\b
      | sem_(?:o|a|os|as|saber|conhecer)\b
      | (?:até_que|antes_de|a_menos_que)\b
      | (?:saber|prever|garantir|confirmar|localizar|verificar|consultar|aceder|acessar|dizer(?:-lhe)?_(?:quando|se|
            quanto|como))\b|tenho_acesso
        """,
    delivering=r"""
        (?!entendi|sei\b|lamentei)\w{3,}(?:[^r\W]ei|terei|ámos)\b(?<!poderei)
      | (?:pode|podes|podem|poderá)_(?!contactar|contatar|entrar|perguntar|falar|dirigir|ligar)
      | (?:foi|foram|está)_\w+(?:ado|ada|ido|ida|to)\b|(?:costuma|costumam|em_geral|normalmente|grátis)\b
      | (?:aqui_(?:está|tem)|em_vez_disso)\b
      | (?:abra|clique|escolha|vá|siga)\b
      | (?<!\w_)(?:sim|claro)\b(?=[,.!])
        """,
    filling=r"""
        (?:mais_alguma|outra_coisa|algo_mais|contacte|entre_em_conta[c]?to|suporte|apoio_ao_cliente|espero|compreendo
      | entendo|lamento|posso_ajudar|obrigad|desculp)
      | (?:sugiro|recomendo|aconselho|encorajo|incentivo)(?:-lhe|_que|_a|-o|-a)|outr[ao]s?_(?:pergunta|dúvida|
            questão|questões|assunto)
      | (?:tem|tens)_(?:\w+_)?(?:dúvida|pergunta|questão)|\b(?:mantém-se|permanece)\b
      | posso_ajudar|(?:verifiquei|analisei|analisamos|verificamos)|obrigad|quer_(?:falar|ajuda)|outr[ao]_
        """,
    turning=r"(?:mas|porém|contudo|no_entanto|todavia|entretanto)\b",
    moral=r"""
        ilegal|ilícit|lei\b|crime|criminos|proibid|étic|moral|dano|prejudic|ferir|violên|violent|arma\b|armas\b|
            discrimin|racis|ódio|ofens|
            dignidade|privacidade|consentimento|perigos|abus|inadequad|inapropriad|respeit|dados_pessoais|
            informações_pessoais|
            direitos_(?:de_autor|autorais)|manipul|engan|suicíd|droga|matar|roubar|hack|asséd|fraud|burla|golpe
        """,
    moralising=r"""
        (?:não_(?:é|seria)_(?:\w+_)?(?:ético|apropriado|aceitável|correto|adequado|moral|legal|certo)|(?:é|
            seria)_(?:\w+_)?
            (?:ilegal|imoral|inaceitável|inadequado|antiético|um_crime))
        """,
    onward=r"""
        (?:vou|vamos|posso)_(?:\w+_)?(?:transferi|passa|encaminha|reencaminha|colocá|abrir_um_(?:pedido|chamado|
            processo|ticket|caso)|escala)|(?:transfiro|encaminho|passo)_
      | (?:colega|equipa|equipe|agente|atendente|especialista|departamento|técnico\w*|responsável|
            gestor\w*)_(?:\w+_){0,4}?(?:vai|irá|entrará|
            ligará|contactará|contatará|poderá|tratará|assumirá|retornará)
      | (?:pode|podia|poderia|consegue)_(?:\w+_)?(?:dar-me|me_dar|indicar|dizer-me|me_dizer|informar|enviar|
            confirmar|fornecer)|(?:indique|informe|diga-me|
            me_diga|envie)\b|preciso_(?:do|da|que|de_saber)
      | colegas?\b|(?:nossa|nosso|a|o)_(?:equipa|equipe|time)\b|técnic[oa]s?\b|atendentes?\b|gestora?\b
        """,
)
