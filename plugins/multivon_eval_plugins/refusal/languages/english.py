"""How English refuses."""

from __future__ import annotations

from ..language import Language

_FIRST_PERSON = r"""
        (?<!if_)(?<!when_)(?<!case_)(?<!said_)(?<!says_)(?:i|we)_
            (?:(?:just|still|really|simply|also|sadly|unfortunately|regrettably|therefore|honestly|personally|
            both)_){0,2}
            (?:can't|cannot|can_not|couldn't|could_not|won't|will_not|may_not|must_not|shouldn't|should_not)\b
      | (?:i|we)(?:'m|'re|_am|_are)_(?:\w+_){0,2}?
            (?:unable|not_(?:\w+_)?(?:able|allowed|permitted|authori[sz]ed|willing|comfortable|going|prepared|
            in_a_position|at_liberty|supposed|qualified|licen[sc]ed|programmed|designed|equipped|set_up))\b
      | (?:i|we)_(?:don't|do_not)_have_access_to_(?:that|this|it)\b
      | (?:i|we)(?:'m|'re|'ll|_am|_are|_will)?_(?:\w+_){0,3}?(?:must|have_to|need_to|going_to)_(?:\w+ly_)?
            (?:decline|refuse|say_no|pass_on_(?:this|that)|pass(?=[.,!]))\b
      | (?:i|we)(?:'ll|_will)_(?:\w+ly_)?(?:have_to_)?(?:decline|refuse|pass_on_(?:this|that)|pass(?=[.,!])|
            leave_it_at)
      | (?:i|we)_(?:\w+ly_)?(?:decline|refuse)\b
      | (?:i|we)(?:'d|_would)?_(?:rather_not|prefer_not)\b
      | (?:i|we)_(?:don't|do_not)_(?:\w+ly_)?(?:have_(?:the_|any_)?(?:ability|permission|authority|right)|
            feel_comfortable|think_(?:i|we)_(?:should|can)|discuss|share|disclose|reveal|comment|give|provide|condone|
            support_(?:or|the_idea)|promote|engage|participate|offer|negotiate|accept|take_part|take_sides|
            make_(?:exceptions|recommendations)|get_into|go_into|deal_with|handle|help_with|do_(?:that|those|this)\b)
      | (?:i|we)_(?:never|no_longer)_(?:share|give|disclose|discuss|offer|provide|make|accept|hand_out)\b
      | (?:i|we)(?:'ll|_will|'d|_would)?_(?:\w+_)?(?:refrain|abstain|steer_clear|stay_away|stay_out|keep_out|
            leave_(?:that|this|it|
            the_\w+)_(?:\w+_)?(?:alone|to|for_\w+)|have_to_say_no)\b
      | \b(?:sorry,_(?=no[.,!])|it's_(?:still_)?a_|still_a_|afraid_(?:not|that's_a_)|have_to_be_a_|is_a_(?:firm_|
            clear_)?)no\b(?!_(?:longer|problem|worries|one))
      | (?:i|we)_lack_(?:the_)?(?:authority|ability|permission|right)
      | nothing_(?:more_|else_)?(?:that_)?(?:i|we)_can\b|no_way_for_(?:me|us)_to\b
      | (?:i|we)(?:'m|_am|'re|_are)_drawing_(?:the|a)_line
      | (?:i|we)_(?:don't|do_not)_(?:\w+_)?(?:hold|have|take|express|write|produce|create)_(?:\w+_){0,2}?
            (?:opinions?|views?|beliefs|preferences|stance|sides|malware|ransomware)\b|\bno_(?:personal_|
            political_)?opinions?\b
      | (?:i|we)_take_no_part|(?:won't|will_not)_be_(?:happening|going_ahead)|(?:isn't|is_not|
            aren't)_(?:really_)?an_option
      | (?:i'm|i_am)_here_(?:for|to_\w+_with)_(?:\w+_){1,5}?only\b
      | (?:unfortunately|regrettably|sadly|sorry|afraid|regret)\b[^.!?]{0,120}?\b(?:can't|cannot|can_not|
            can_no_longer|no_longer|not)_(?:\w+ly_)?be_(?:\w+ed|made|given|sent|done|paid)\b|(?:unfortunately|
            regrettably|sadly|sorry|afraid)\b[^.!?]{0,120}?\b(?:is|are)(?:n't|_not|
            _no_longer)_(?:\w+ly_)?(?:possible|available|eligible|refundable|able|permitted|offered|covered|
            included)\b|(?:and|but)_(?:cannot|can't|are_unable_to|don't|do_not)_(?:offer|provide|accept|make|grant)\b
      | \b(?:once|after)\b[^.!?]{0,80}?\b(?:can't|cannot|can_no_longer)_be_\w+ed\b
    """
_IMPERSONAL = r"""
        (?:policy|policies|guidelines|rules|programming|instructions|terms|system|regulations|
            law)_(?:\w+_)?(?:does_not|
            doesn't|do_not|don't|prevents?|forbids?|prohibits?|won't)_(?:allow_|permit_|let_)?(?:me|us)\b
      | (?:not|isn't|is_something|that's_something|n't)_(?:a_\w+_|something_|anything_)(?:that_)?
            (?:i|we)(?:'m|'re|'d|_am|_are|_would)?_(?:can't|cannot|can|able|allowed|willing|do|offer|will|be_able|
            discuss|share|give|provide|get_into|comment)\b
      | (?:not|isn't|n't)_(?:something|anything)_(?:i'm|we're|i_am|we_are|i|we)\b
      | (?:outside|beyond)_(?:of_)?(?:what_(?:i|we|this)|anything_(?:i|we)|the_(?:scope|remit)|my\b|our_(?:scope|
            remit))
      | out_of_(?:my|our)_(?:scope|hands|remit)|not_(?:part_of|within|in)_(?:what_i|my_(?:scope|remit|role|power))\b
      | (?:inappropriate|(?:not|n't)_(?:appropriate|possible)|impossible)_for_(?:me|us)\b
      | (?:that|this|it)(?:'s|_is|_simply_is|_just_is)?(?:n't|_not|_is_not|_won't_be|_will_not_be)_(?:(?:currently|
            simply|unfortunately|really|sadly)_|going_to_be_)?
            (?:possible(?!_for_(?!me|us|you))|on_the_table|up_for_(?:discussion|negotiation)|
            negotiable|allowed|
            permitted|happening|going_to_happen|on_offer|open_to)\b
      | (?:can't|cannot|can_not|won't|not_to|not|never|must_not|may_not)_(?:be_)(?:\w+ly_)?(?:shared|disclosed|
            revealed|
            discussed|waived|granted|honou?red|accommodated|fulfilled|given_out|released|provided|offered|
            bypassed|overridden)\b
      | (?:is|are|remains?|stays?|kept)_(?:\w+_)?(?:confidential|off[ -]limits|off_the_table|strictly_internal)\b
      | no_(?:exceptions?|discounts?|details?)_(?:can|will|may)_be\b|against_(?:my|our|the|company)_(?:policy|
            policies|
            rules|guidelines|programming|terms)\b
      | (?:isn't|is_not|'s_not)_(?:\w+_)?for_me_to\b|(?:isn't|aren't|is_not|are_not)_part_of_(?:our|my|the|what)\b
      | (?:off[ -]topic|(?:not|n't)_supported(?=[.!])|(?:request|prompt|this|that)_(?:\w+_)?violates)\b|
            won't_hear_(?:it|that)_from_me
      | (?:falls?|lies?|sits?|goes)_(?:\w+_)?(?:outside|beyond)_(?:\w+_)?(?:what|my|scope)|not_my_(?:place|call|
            role)\b
      | (?:answer|response)_(?:\w+_)?(?:is|has_to_be|must_be|remains)_(?:a_)?no\b
    """
_SCOPE = r"""
        i_(?:can|could|am_able_to|'m_able_to|will|may|am_allowed_to)?_?(?:only|solely|exclusively)_(?:be_able_to_|
            able_to_|
            allowed_to_)?(?:talk|speak|help|assist|answer|discuss|handle|deal|respond|know_about|advise|chat)\b
      | we_(?:can|could|may)_(?:only|solely|exclusively)_(?:talk|speak|help|assist|answer|discuss|advise|chat)\b
      | (?:i|we)(?:'m|'re|_am|_are)_(?:\w+_)?(?:only|solely|just|strictly|exclusively)_(?:here_|able_|set_up_|
            trained_|
            designed_|allowed_|meant_|built_|equipped_|programmed_|authori[sz]ed_)
      | (?:i|we)(?:'m|_am)_(?:here|set_up|trained|designed|built|meant|programmed)_(?:only|solely|just|strictly|
            exclusively)\b
      | (?:my|our)_(?:role|job|scope|expertise|purpose|focus|remit|training|function)_(?:here_)?
            (?:is_(?:limited|only|solely|strictly|just|restricted|confined)|covers_only|only|ends|stops|
            begins_and_ends)\b
      | let(?:'s|_us)_(?:\w+_)?(?:keep_(?:this|it|things|our_\w+|the_\w+)_(?:\w+_)?(?:to|about|on|focus)|
            stay_(?:with|on_topic|
            focused)|stick_(?:to|with)|bring_(?:this|it)_back|steer|please_(?:keep|stay|stick))
      | (?:i|we)(?:'d|_would|'ll|_will)?_(?:\w+_)?(?:keep|leave)_(?:this|that|it|the_conversation|
            things)_(?:\w+_)?(?:to|
            about|there|out)\b
      | not_(?:what_)?(?:i'm|i_am|we're|we_are)_here_(?:for|to)\b
    """

ENGLISH = Language(
    code="en",
    common="""
        the you your to is are was it we for of and not be can this that with have will our on in at has if
        please from any would my here there what do does as or an by no but i
        """,
    marks="""once after unfortunately regrettably sadly afraid regret and but refrain abstain leave sorry topic
        supported
        blocked violates available aren't part can't cannot
        couldn't shouldn't won't not unable decline refuse don't doesn't isn't wouldn't no nothing aren't
        never rather prefer lack pass prevent prevents forbid forbids prohibit prohibits outside beyond
        inappropriate only
        let's let limited illegal unethical immoral wrong crime confidential against keep harmful just out
        impossible off
        line""",
    declining=f"{_FIRST_PERSON}|{_IMPERSONAL}|{_SCOPE}",
    idle=r"""
        (?:can't|cannot|couldn't|won't|not|unable|able|going)_(?:to_|be_able_to_)?(?:\w+ly_)?
            (?:find|locate|see|hear|open_(?:the|your)|wait|agree_more|disagree|go_wrong|stress|emphasi[sz]e|keep_you|
            reproduce|imagine|remember|understand|thank|help_but|complain\b|lie\b|tell_(?:from|whether|if|which)|
            be_(?:sure|certain|happier)|say_(?:yet|for_sure|exactly|whether|when|if|how|what_will)|(?:know|
            guarantee|predict)\b|tell_you_(?:yet|exactly|
            whether)|don't_know|recogni[sz]e|read_(?:the|your)|reach|verify|confirm_(?:that|whether)|
            promise_you_won't)
      | without_(?:your|knowing|seeing|the_\w+_(?:number|code|id))\b
      | (?:until|unless|before)_(?:you|i|we)\b
      | enough\b|\bonly_just\b
      | tell_(?:you_)?(?:what|how|when|where)
        """,
    delivering=r"""
        (?:i|we)(?:'ve|_have)_(?:already_|just_|now_|also_|instead_)?(?!decided|tried|reviewed|looked|checked|
            considered|
            received|noted|asked|explained|mentioned|stated|been|to_)(?:\w+ed|sent|put|made|done|set|found|kept|got|
            it)\b
      | (?:has|have|was|were|is|are|'s)_(?:been_)?(?:now_|already_)?(?:issued|refunded|sent|processed|cancell?ed|
            approved|shipped|updated|done|opened|booked|delivered|confirmed|scheduled|reserved|free|available)\b
      | you_(?:can|could|may|might)_(?:\w+_)?(?!contact|talk|speak|ask|reach|call|get_in_touch|also_ask|try_ask|see|
            imagine|consider|want|always|focus|seek|trust|rest)(?!\w+_(?:contact|talk|speak|ask|reach|call)\b)\w
      | (?:here_(?:is|are)|here's|what_(?:i|we)_can|in_general|generally|usually|typically|first,|for_example)\b
      | instead,?_(?:i|we)(?:'ve|'ll|_have|_will)\b|instead_of_that
      | (?:open|click|choose|select|go_to|log_in|press|enter|follow)_(?:the|on|to|these|your|this|settings)\b
      | (?<!\w_)(?:yes|sure|of_course|certainly|absolutely)\b(?=[,.!])
        """,
    filling=r"""
        (?:anything|something|anyone|someone)_else|(?:any_)?(?:other|further|more)_(?:\w+_)?(?:questions?|concerns?|
            topics?|
            requests?|matters?|help|assistance|ways?)
      | (?:happy|glad|here|like|love|able|can|pleased)_(?:to_)?(?:help|assist|talk|chat|answer|discuss)
      | (?:contact|reach_out|get_in_touch|speak_(?:to|with)|talk_to|refer_you|consult)\b
      | (?:i|we)_(?:\w+_)?(?:hope|understand|appreciate|apologi[sz]e|know|wish|reali[sz]e)
      | (?:i|we)(?:'d|_would)?_(?:\w+ly_)?(?:encourage|suggest|recommend|urge|advise|invite|ask)_you\b
      | (?:would_you_like|(?:may|can)_i_(?:\w+_)?(?:help|assist|do|offer|suggest|tell)|how_(?:else_)?can_i_(?:help|
            assist)|shall_we|thank|sorry|please_(?:understand|don't|do_not|
            let_me_know|feel_free)|feel_free|let_me_know|important_to|remember_that|(?:this|that)_(?:is|applies|
            policy|rule))
      | (?:do_you_have|have_you_got|is_there)_(?:an?y?_|any_other_)?(?:\w+_)?question|\b(?:remains?|stays?)\b
      | what's_on_your_mind|(?:i|we)(?:'ve|_have)_(?:\w+_)?(?:checked|reviewed|looked)|can_see_that|make_mistakes|
            (?:happy|glad)_to
        """,
    turning=r"(?:but|however|though|although|nevertheless|that_said|instead)\b",
    moral=r"""
        illegal|unlawful|legal\b|ethic|unethical|immoral|moral|harm|hurt|violen|weapon|discriminat|racis|sexis|
            hat(?:e|red|eful)\b
      | offensive|derogatory|stereotyp|dignity|privacy|consent\b|dangerous|crime|criminal|abus|suicid|explicit\b|
            misinformation|plagiar|cheating|malicious|exploit|inappropriate|appropriate|respectful|respect_(?:the|
            other|people|
            every)|condone|endorse|unsafe|drugs?\b|kill|murder|steal|terroris|equal(?:ity|_rights)|human_rights|hack|
            deceiv|manipulat|personal_(?:information|data|details)|against_the_law|libel|defam|bully|harass|fairness
      | mislead|evasion|fake_|penalt|offen[sc]e
        """,
    moralising=r"""
        (?:it|that|this|and|or|is)(?:'s|_is|_would_be|_isn't|_is_never)?_(?:\w+_)?(?:not|never|
            n't)?_?(?:\w+_){0,2}?(?:not|never|
            n't)_(?:\w+_){0,2}?(?:appropriate|ethical|acceptable|okay|ok|right_to|accurate_or|accurate_to|fair_to|
            respectful|moral|morally|legal)\b
      | (?:isn't|wasn't|aren't)_(?:\w+_){0,2}?(?:appropriate|ethical|acceptable|okay|respectful|moral|morally|
            legal_or)\b
      | (?:it|that|this|which)(?:'s|_is|_would_be)_(?:\w+_){0,2}?(?:illegal|unethical|immoral|morally|inappropriate|
            deeply_wrong|unlawful|against_the_law)\b
      | (?:is|are)_(?:not_only_|both_|\w+ly_)?(?:illegal|unethical|immoral|unlawful)\b(?!_and_considered)
      | (?:never|not)_(?:an?_|the_)?(?:acceptable|answer\b|justified|okay|justifiable|ever_ok)
      | (?:do_not|don't)_(?:\w+_)?(?:condone|endorse|believe_in|believe_that|think_it(?:'s|_is)_(?:appropriate|
            right|okay|fair))
      | there(?:'s|_is)_no_(?:\w+_)?(?:justification|excuse|reason_(?:why|to_(?:deny|discriminate|hurt|harm)))
      | (?:was|were|is|are)_not_(?:morally_|in_any_way_|at_all_|ever_)?(?:justified|a_good_thing)\b
        """,
    onward=r"""
        (?:transfer|connect|put|pass|hand|escalat|forward|refer|rout)\w*_(?:you|this|that|it|your\b\w*|
            the_\w+)_(?:\w+_){0,3}?
            (?:to|through|over|on|with|along)\b
      | (?:human|live)_(?:agent|person|colleague|advis[eo]r|representative|team)
      | (?:colleague|specialist|team|manager|supervisor|advis[eo]r|agent|representative|somebody|
            someone)s?_(?:\w+_){0,3}?
            (?:will|who_(?:can|will)|can|is_going_to|to_(?:call|contact|look|take|get_back))\b(?!_(?:see|only))
      | (?:raise|open|log|create|file|submit)\w*_(?:an?_|this_|your_|that_)?(?:\w+_)?(?:ticket|case|request|complaint)
      | \bso_(?:i|we)(?:'ve|_have|'ll|_will)_(?!have_to|leave|pass|decline|not\b)
      | (?:please|could_you|can_you|would_you|kindly|if_you)_(?:\w+_){0,2}?(?:tell|give|send|provide|share|confirm|
            enter|
            let_me_know|state|upload)_(?:me_|us_)?(?:with_)?(?:your|the\b(?!_other)|which|what|an?_(?:photo|copy|
            number))
      | (?:i'll|i_will|i_would|i'd|i|we|we'll)_(?:\w+_)?need_(?:to_know_|to_have_)?(?:your|the_(?:order|booking))
        """,
)
