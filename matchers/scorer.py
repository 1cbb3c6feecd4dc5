"""One lead against one entity: every field's level, added up to bits.

``bits = log2(lambda / N) + person + min(account, cap) + name + against``. Account evidence (company, landline, address,
city, role mailbox) is one fact told many times, so it is capped at even odds: the name or something personal must do
the rest. When two full names contradict each other a shared phone is a household's or a line's, account evidence too.
"""

from __future__ import annotations

from math import inf, log2
from typing import Final, final

from leads.records import Facts
from matchers.compare import address, company, custom, email, handle, name, phone, place, text
from matchers.keys import city_of, colleagues, surnames_of, told_city
from matchers.neighbours import Known, bare, handles_of, phones_of
from matchers.scale import Met, Scale

_ACCOUNT: Final = frozenset(
    {
        ("phone", "line"),
        ("phone", "line_near"),
        ("phone", "service"),
        ("email", "role"),
        ("email", "role_near"),
        ("email", "domain"),
    }
)
_ACCOUNT_FIELDS: Final = frozenset({"company", "address", "city", "postcode"})
_SPELLED: Final = 8.0  # bits of a mailbox that spells the other side's whole name
_HOUSEHOLD: Final = 1.0  # most that account and phone may say, beyond log2(N), when two names contradict each other
_ONE_ROOF: Final = (
    3.0  # the same when two bare organisations do (restaurants of one hotel), before the weight of their names
)
_SITE: Final = -8.0  # the same when their houses differ: sites of one organisation have its name and phone in common
_CORNER: Final = 1.0  # ... unless name and city agree besides: a house at a corner, or moved
_NAMESAKE: Final = (
    3.6  # most that a name alone may say beyond log2(N) when a field contradicts or its rarity is a guess
)
_GUESS: Final = 17.0  # and in all
_TWO_PHONES: Final = 2  # times name_city, when name and place agree and nothing else, and each has a phone of his own
_MADE_OF_NAMES: Final = (
    5.0  # mailboxes and handles may be made of the name: from here something else of a person agrees
)
_MOVED: Final = (
    -3.0
)  # least that other company, address and city say together when something personal agrees: one change
_FIELD: Final = 1.0  # bits of each further account field, two at most, when neither side names a person
_FIELD_BARE: Final = 2.5  # the same when both are nothing but an organisation
_LINE: Final = 2.0  # bits that a number of unknown kind is worth less as a line
_LEAST_RIVALS: Final = 0.7  # colleagues nature provides for one account value
_LEAST_RIVALS_BARE: Final = 0.08  # further organisations of that name


@final
class Scored:
    """``bits`` for one contact; the levels that met."""

    __slots__ = ("bare", "bits", "born", "company", "mets", "name", "personal")

    def __init__(
        self,
        bits: float,
        mets: list[Met],
        name: str,
        personal: bool,
        bare: bool,
        company: str,
        born: bool,
    ) -> None:
        self.bits = bits
        self.mets = mets
        self.name = name  # level of the names, "" when they say nothing
        self.personal = personal  # something of a person agreed: mobile, mailbox, handle, identifier
        self.bare = bare  # both are nothing but an organisation
        self.company = company  # level of the organisations, "" when they say nothing
        self.born = born  # a declared date or identifier agrees


def score(facts: Facts, known: Known, scale: Scale, lead_bare: bool) -> Scored:
    """All fields of a lead against all an entity knows. Pure; the same answer for the same arguments."""
    both_bare = lead_bare and known.bare
    mets: list[Met] = []
    names = name.compare(facts.name, known.names, scale)
    conflict = names is not None and names.level in name.OTHERS
    if conflict and _misplaced(facts, known):
        names, conflict = None, False
    phones = phones_of(facts)
    if phones and known.phones:
        mets += phone.compare(phones, known.phones, scale, both_bare)
    if facts.emails and known.emails:
        mets += email.compare(facts.emails, known.emails, scale, facts.company, known.companies)
    handles = handles_of(facts)
    if handles and known.handles:
        agrees = names is not None and names.level in name.AGREEMENTS
        mets += handle.compare(handles, known.handles, facts.name, agrees, scale)
    if (handles and known.emails) or (known.handles and facts.emails):
        mets += _some(handle.by_mailbox(handles, facts.emails, known.handles, known.emails, facts.name, scale))
    if facts.custom and known.customs:
        mets += custom.compare(facts.custom, known.customs, scale)
    firm = company.compare(facts.company, known.companies, scale, both_bare) if known.companies else None
    if facts.former is not None:
        firm = _better(firm, company.compare(facts.former, known.companies, scale, False))
    if firm is None:
        mets += _some(company.by_domain(facts.company, facts.emails, known.companies, known.emails, scale))
    elif firm.level != "differs" or not _misplaced(facts, known):
        firm = _of_that_name(facts, firm, names, scale)
        mets.append(firm)
    if lead_bare != known.bare and firm is not None and firm.bits > 0 and _desk(facts, known, lead_bare):
        mets = [met.worth(met.bits - _LINE, "line") if met.level == "number" else met for met in mets]
    if known.addresses:
        mets += address.compare(facts.address, known.addresses, scale, both_bare)
    if both_bare and any(met.level in address.HOUSE for met in mets):
        mets, firm = _one_house(mets, firm, scale)
    if known.cities:
        line = any(met.field == "phone" and met.bits > 0 for met in mets)  # it told the city already
        mets += _some(place.city(told_city(facts) if line else city_of(facts), known.cities, scale, both_bare))
    if known.postcodes:
        mets += _some(place.postcode(facts.postcode, known.postcodes, scale))
    if known.texts and facts.text:
        mets += _some(text.compare(facts.text, known.texts, scale))
    if conflict and names is not None and _overruled(names.level, mets, firm):
        conflict = False
        names = max(names, scale.fixed("name", "overruled", names.seq), key=lambda met: met.bits)
    if conflict:  # chenjianhua@ and chenjianguo@ are two mailboxes then, none is mistyped
        mets = [met for met in mets if met.field != "email" or met.level not in ("near", "near_digit")]
    mail_met = any(met.field == "email" and met.bits > 0 for met in mets)
    if names is not None and names.level in name.PARTS and not mail_met and _spelled(facts, known) == 2:
        names = names.worth(max(names.bits, _SPELLED), "mailbox_spells")  # 杨总, yangzhenbing@ and 杨真兵
    return _add_up(facts, known, scale, mets, names, conflict, both_bare, firm)


def _of_that_name(facts: Facts, firm: Met, names: Met | None, scale: Scale) -> Met:
    """An organisation that agrees, when the surname does too: colleagues of other names are no rivals, and of those who
    bear it the surname tells none from another."""
    if names is None or names.level != "surname_only" or firm.level not in ("core", "sounds"):
        return firm
    if facts.name is None or facts.company is None:
        return firm
    keys = colleagues(surnames_of(facts.name), facts.company)
    known = [scale.rivals(*key) for key in keys if scale.held(*key) is not None]
    if not known:
        return firm
    rivals = max(known) * 2.0**names.bits + scale.weights.rows["company", firm.level].u
    return Met("company", firm.level, firm.bits + log2(firm.rivals / rivals), firm.seq, rivals, firm.kin)


def _desk(facts: Facts, known: Known, lead_bare: bool) -> bool:
    """Whether the side that names no person says that it is an organisation's desk: a role, or a mailbox that is nobody's. Its
    number, where numbers do not tell mobile from landline, is the organisation's then."""
    return bool(facts.name is not None or facts.emails) if lead_bare else bool(known.names or known.emails)


def _better(firm: Met | None, former: Met | None) -> Met | None:
    """The former employer in the present one's stead where it agrees: who went and came back, or was known before he left."""
    return former if former is not None and former.bits > max(firm.bits if firm is not None else 0.0, 0.0) else firm


def _one_house(mets: list[Met], firm: Met | None, scale: Scale) -> tuple[list[Met], Met | None]:
    """Two organisations at one house: a word in common is a name written by somebody else, and a house has several phones."""
    other_phone = scale.fixed("phone", "differs", 0)
    told = [other_phone if (met.field, met.level) == ("phone", "bare_differs") else met for met in mets]
    if firm is not None and firm.level == "few_words":
        milder = firm.worth(-3.5, "words")
        return [milder if met is firm else met for met in told], milder
    return told, firm


def _misplaced(facts: Facts, known: Known) -> bool:
    """Whether one side's name field holds the other's organisation, or the other way round: neither contradicts then."""
    mine = facts.company is not None and any(company.is_called(facts.company, n) for n, _ in known.names)
    return mine or (facts.name is not None and any(company.is_called(c, facts.name) for c, _ in known.companies))


def _overruled(level: str, mets: list[Met], firm: Met | None) -> bool:
    """Whether contradicting names are no kin's: born the same day, or half a name (王总) of one firm against one mailbox."""
    half = level == "partial_conflict" and not _two_firms(firm)
    return any(
        (met.field in ("id", "date") and met.bits > 4)
        or (half and met.level == "exact" and met.field in ("email", "handle"))
        for met in mets
    )


def _some(met: Met | None) -> list[Met]:
    return [] if met is None else [met]


def _add_up(
    facts: Facts,
    known: Known,
    scale: Scale,
    mets: list[Met],
    names: Met | None,
    conflict: bool,
    both_bare: bool,
    firm: Met | None,
) -> Scored:
    phones, person, account, against, rivals, fields = _by_witness(mets)
    firms_differ = both_bare and firm is not None and firm.level in company.CONFLICTS
    personal = phones + person > 1
    if personal and not conflict:
        account = max(account, _MOVED)
    if names is None or (names.level == "surname_only" and personal and _mailbox_of_kin(facts, known)):
        names = _no_name(facts, known, scale, personal, both_bare)
        conflict = names.level == "mailbox_of_kin" and not any(
            met.field in ("email", "handle") and met.bits > 0 for met in mets
        )
    site = _site(mets, firm) if both_bare else inf
    if site < inf:
        shared = min(account + phones, scale.log_n + site)
    elif conflict or firms_differ:
        roof = _HOUSEHOLD if conflict or firm is None else min(_HOUSEHOLD, _ONE_ROOF + firm.bits)
        if conflict and _agent(names, firm):
            phones, person = phones + person, 0.0
        shared = min(account + phones, scale.log_n + roof)
    else:
        least = _LEAST_RIVALS_BARE if both_bare else _LEAST_RIVALS
        cap = scale.log_n - log2(max(rivals if rivals < inf else least, least))
        if both_bare or names.level == "both_absent":
            cap += (_FIELD_BARE if both_bare else _FIELD) * min(max(len(fields) - 1, 0), 2)
        shared = phones + min(account, cap)
    if names.level in name.AGREEMENTS and phones + person < _MADE_OF_NAMES and not _telling(facts, names, mets):
        names = names.worth(min(names.bits, scale.log_n + _NAMESAKE, _GUESS))
    bits = scale.prior + person + shared + against + names.bits
    if not personal and fields <= {"city", "postcode"} and names.bits > 0 and not both_bare:
        two_phones = any(met.field == "phone" and met.level == "differs" for met in mets)
        bits -= scale.weights.name_city * (_TWO_PHONES if two_phones else 1)
    mets.append(names)
    born = any(met.field in ("id", "date") and met.bits > 4 for met in mets)
    return Scored(bits, mets, names.level, personal, both_bare, firm.level if firm is not None else "", born)


def _by_witness(mets: list[Met]) -> tuple[float, float, float, float, float, set[str]]:
    """Bits of phones, of what is a person's, of the account, and against; the fewest rivals of an account value, and its fields."""
    phones = person = account = against = 0.0
    rivals = inf
    fields: set[str] = set()
    for met in mets:
        if (met.field, met.level) in _ACCOUNT or met.field in _ACCOUNT_FIELDS:
            account += met.bits
            if met.bits > 0:
                fields.add(met.field)
                rivals = min(rivals, met.rivals or rivals)
        elif met.bits < 0:
            against += met.bits
        elif met.field == "phone":
            phones += met.bits
        else:
            person += met.bits
    return phones, person, account, against, rivals, fields


def _agent(names: Met, firm: Met | None) -> bool:
    """Two names and two firms: who shares a phone and a mailbox then fills in forms for others."""
    return names.level in ("conflict", "conflict_given", "partial_conflict") and _two_firms(firm)


def _two_firms(firm: Met | None) -> bool:
    return firm is not None and firm.level in company.CONFLICTS - {"script_differs"}


def _telling(facts: Facts, names: Met, mets: list[Met]) -> bool:
    """Whether a name may stand alone: a Chinese one, whose rarity is known, and nothing speaks against it; a landline on one
    side does not."""
    chinese = names.level == "script" or (facts.name is not None and facts.name.script == "han")
    return chinese and all(met.bits >= 0 or met.level == "line_differs" for met in mets)


def _site(mets: list[Met], firm: Met | None) -> float:
    """Most that one organisation at two houses may say beyond log2(N); infinite when they are not known to be two."""
    house = next((met.level for met in mets if met.field == "address" and met.level in address.SITES), "")
    same_name = firm is not None and firm.level in ("core", "core_bare")
    if not house or (same_name and house == "bare_number"):
        return inf
    city = any(met.field == "city" and met.level == "same" for met in mets)
    return _CORNER if same_name and city else _SITE


def _spelled(facts: Facts, known: Known) -> int:
    """How well a mailbox of one side spells a name of the other: 2 all of it, 1 surname and initials, 0 not."""
    best = max((email.spells(mail.local, n) for mail in facts.emails for n, _ in known.names), default=0)
    if facts.name is not None:
        best = max(best, max((email.spells(mail.local, facts.name) for mail, _ in known.emails), default=0))
    return best


def _mailbox_of_kin(facts: Facts, known: Known) -> bool:
    """Whether a mailbox of one side has the surname of the other and another given name (zhanglili@ beside 张伟)."""
    mails = [(mail, n) for mail in facts.emails for n, _ in known.names]
    mails += [(mail, facts.name) for mail, _ in known.emails if facts.name is not None]
    kin = any(email.spells_kin(mail.local, n) for mail, n in mails)
    return kin and not any(email.spells(mail.local, n) for mail, n in mails)


def _no_name(facts: Facts, known: Known, scale: Scale, personal: bool, both_bare: bool) -> Met:
    """One side or both have no name that says anything."""
    if both_bare:
        return scale.fixed("name", "both_bare", 0)
    mine = facts.name is not None and facts.name.kind != "role"
    theirs = any(known_name.kind != "role" for known_name, _ in known.names)
    if not mine and not theirs:
        return scale.fixed("name", "both_absent", 0)
    if personal:
        if _mailbox_of_kin(facts, known):
            return scale.fixed("name", "mailbox_of_kin", 0)
        return Met("name", "one_absent", 0.0, 0)
    spelled = _spelled(facts, known)
    if spelled:
        return Met("name", "mailbox_spells", _SPELLED * spelled / 2, 0)
    return scale.fixed("name", "absent", 0)


__all__ = ["Scored", "bare", "score"]
