"""The family « agent »: who somebody is, and whether they are affiliated."""

from parvis.ground.identifiers.text import search_key
from parvis.regulations.identifiers.persons import nir_masked
from parvis.services.declarations.checks.case import CNRACL, Case, Check, Family, Found, Mend, day

# Between which ages somebody is at work: 16 for a contract, 14 would be a pupil; the ceiling leaves room for whoever
# was kept on after the age limit. Elected members have none.
YOUNGEST, OLDEST = 16, 75


def _same(left: str | None, right: str | None) -> bool:
    # Nearly always the very same letters: the rest costs ten times as much.
    return (left or "").casefold() == (right or "").casefold() or plain(left) == plain(right)


def plain(name: str | None) -> str:
    """A name as it is compared: no accents, no hyphens."""
    return search_key(name or "").replace("-", " ").replace("'", " ")


def _first(names: str | None) -> str:
    return plain(names).split(" ")[0]


def provisional(case: Case) -> Found | None:
    if case.one.nir is None and case.one.ntt is not None:
        return Found("Numéro provisoire", "NIR", case.one.line)
    return None


def unknown(case: Case) -> Found | None:
    if case.twin is not None or not case.scheme:
        return None
    if case.known is None:
        # Somebody of the Ircantec is affiliated by being declared.
        return Found("Agent inconnu", "Agent affilié", case.one.line) if case.scheme == CNRACL else None
    if case.affiliation is not None or case.comes_back:
        return None
    held = next((one for one in reversed(case.known.affiliations) if one.scheme == case.scheme), None)
    if held is None:
        return Found("Aucune affiliation à ce régime", "Agent affilié", case.one.line)
    if held.left_on:
        return Found(f"Radié le {day(held.left_on)}", "Affiliation en cours", case.one.line)
    return Found(f"Affilié à partir du {day(held.entered_on)} seulement", "Affiliation en cours", case.one.line)


def other_nir(case: Case) -> Found | None:
    if case.twin is None or case.known is not None:
        return None
    expected = f"{case.twin.masked} ({case.twin.name})" if case.twin.masked else f"NIR de {case.twin.name} à compléter"
    return Found(nir_masked(case.one.nir or ""), expected, case.one.line)


def swapped(case: Case) -> Found | None:
    known, one = case.known, case.one
    if known is None or _same(one.surname, known.surname):
        return None
    if _first(one.surname) == _first(known.first_names) and _same(one.first_names, known.surname):
        return Found(f"{one.surname}, {one.first_names}", f"{known.surname}, {known.first_names}", one.line)
    return None


def other_names(case: Case) -> Found | None:
    known, one = case.known, case.one
    if known is None or (_same(one.surname, known.surname) and _same(one.first_names, known.first_names)):
        return None
    if swapped(case) is not None:
        return None
    surnames = {plain(known.surname), plain(known.used_name)} - {""}
    if plain(one.surname) in surnames and _first(one.first_names) == _first(known.first_names):
        return None
    return Found(f"{one.surname or ''}, {one.first_names or ''}", f"{known.surname}, {known.first_names}", one.line)


def other_birth(case: Case) -> Found | None:
    known, born = case.known, case.one.born_on
    if known is None or known.born_on is None or born is None or born == known.born_on:
        return None
    return Found(day(born), day(known.born_on), case.one.line)


def contradicts_nir(case: Case) -> Found | None:
    nir, one = case.one.nir, case.one
    if nir is None:
        return None
    if one.sex is not None and nir[0] in "12" and one.sex != f"0{nir[0]}":
        return Found("Sexe déclaré différent", "Celui du NIR", one.line)
    # Months over 12 stand for an unknown birth (20, 30 to 42, 50 and over): nothing is compared.
    if one.birth_date and one.birth_date[2:4] != "99" and "01" <= nir[3:5] <= "12" and one.birth_date[2:4] != nir[3:5]:
        return Found("Mois de naissance différent", "Celui du NIR", one.line)
    return None


def impossible_age(case: Case) -> Found | None:
    born = case.one.born_on
    if born is None or case.elected or not case.scheme:
        return None
    age = case.last.year - born.year - ((case.last.month, case.last.day) < (born.month, born.day))
    if YOUNGEST <= age <= OLDEST:
        return None
    return Found(f"{age} ans (né le {day(born)})", f"De {YOUNGEST} à {OLDEST} ans", case.one.line)


def status_and_scheme(case: Case) -> Found | None:
    contract = case.contract
    if contract is None or contract.status is None:
        return None
    if case.scheme == CNRACL and contract.status == "02":
        return Found("Contractuel à la CNRACL", "Ircantec, ou fonctionnaire", contract.line)
    if case.now("48") and case.scheme != CNRACL:
        return Found("Assiette CNRACL sans le régime 120", "Régime 120", contract.line)
    if case.now("28") and case.scheme == CNRACL:
        return Found("Assiette Ircantec au régime 120", "Une assiette CNRACL", contract.line)
    return None


def incomplete(case: Case) -> Found | None:
    held = case.affiliation
    if held is None or held.state != "incomplete":
        return None
    return Found("Affiliation à compléter", "Numéro d’affiliation", case.one.line)


CHECKS = (
    Check(
        "IdenAgent001", Family.AGENT, False, "Numéro provisoire (NTT) au lieu du NIR",
        "L’agent est déclaré sous un numéro que le logiciel de paie a inventé, faute de NIR. Ses droits sont notés "
        "sous ce numéro, et ne le suivront chez aucun autre employeur.",
        "Saisissez le NIR de l’agent : ses périodes passent sous ce numéro.",
        "Renseignez le NIR (S21.G00.30.001) dès qu’il est connu, et retirez le numéro provisoire.",
        Mend.NIR, provisional,
    ),
    Check(
        "IdenAgent002", Family.AGENT, True, "Agent ou contrat inconnu",
        "Aucun agent de l’établissement n’est affilié à ce régime sous ce NIR pour la période déclarée : ses "
        "cotisations sont dues, mais rien n’est inscrit à son compte.",
        "Affiliez l’agent d’un clic, ou corrigez son NIR s’il est faux.",
        "Si le NIR ou le régime est faux, corrigez-les en paie. Sinon, rien n’est à y changer.",
        Mend.AFFILIATE, unknown,
    ),
    Check(
        "IdenAgent003", Family.AGENT, True, "NIR différent de celui de l’agent",
        "Un agent de l’établissement porte les mêmes noms et la même date de naissance sous un autre NIR : l’un des "
        "deux est faux.",
        "Saisissez le bon NIR, au complet ou ses dix premiers chiffres. Si c’est celui de l’agent qui manque ou est "
        "faux, corrigez sa fiche, puis contrôlez de nouveau.",
        "Corrigez le NIR (S21.G00.30.001) dans la fiche de l’agent.",
        Mend.NIR, other_nir,
    ),
    Check(
        "IdenAgent004", Family.AGENT, False, "Nom et prénoms intervertis",
        "Le nom de famille est déclaré à la place des prénoms, et l’inverse.",
        "Remettez le nom et les prénoms à leur place.",
        "Corrigez le nom (S21.G00.30.002) et les prénoms (S21.G00.30.004) dans la fiche de l’agent.",
        Mend.IDENTITY, swapped,
    ),
    Check(
        "IdenAgent005", Family.AGENT, False, "État civil différent de celui de l’agent",
        "Le nom de naissance ou le premier prénom n’est pas celui que l’établissement connaît sous ce NIR.",
        "Corrigez ce qui est déclaré, ou l’état civil dans « Agents et affiliations » s’il a changé.",
        "Déclarez le nom de naissance, et non le nom d’usage, en S21.G00.30.002.",
        Mend.IDENTITY, other_names,
    ),
    Check(
        "IdenAgent006", Family.AGENT, False, "Date de naissance différente de celle de l’agent",
        "La date de naissance déclarée n’est pas celle que l’établissement connaît sous ce NIR.",
        "Saisissez la bonne date de naissance.",
        "Corrigez la date de naissance (S21.G00.30.006).",
        Mend.BIRTH, other_birth,
    ),
    Check(
        "IdenAgent007", Family.AGENT, False, "Sexe ou mois de naissance contraire au NIR",
        "Le premier chiffre du NIR dit le sexe, les quatrième et cinquième le mois de naissance : ils ne sont pas ceux "
        "qui sont déclarés.",
        "Corrigez le NIR ou la date de naissance.",
        "Vérifiez le NIR, le sexe (S21.G00.30.005) et la date de naissance (S21.G00.30.006) sur la carte Vitale.",
        Mend.NIR, contradicts_nir,
    ),
    Check(
        "AgeAgent001", Family.AGENT, True, "Âge impossible",
        f"À la fin du mois, l’agent aurait moins de {YOUNGEST} ans ou plus de {OLDEST} ans.",
        "Saisissez la bonne date de naissance, et le NIR s’il est faux lui aussi.",
        "Corrigez la date de naissance (S21.G00.30.006) et le NIR.",
        Mend.BIRTH, impossible_age,
    ),
    Check(
        "StatAgent001", Family.AGENT, True, "Statut et régime incompatibles",
        "Un contractuel ne cotise pas à la CNRACL, et une assiette ne se déclare qu’au régime du contrat.",
        "Le régime se choisit en paie. L’anomalie se ferme quand une prochaine DSN régularise le mois, ou quand vous "
        "confirmez que la paie est corrigée.",
        "Corrigez le statut (S21.G00.40.026) ou le régime de base (S21.G00.40.020), puis régularisez le mois : "
        "l’assiette fausse en moins, la bonne en plus, rattachées à sa période.",
        Mend.NOTHING, status_and_scheme,
    ),
    Check(
        "AffilAgent001", Family.AGENT, False, "Affiliation à compléter",
        "L’agent est reconnu, mais son affiliation n’a pas encore de numéro : il lui manque des renseignements.",
        "Complétez l’affiliation dans « Agents et affiliations ».",
        "Rien n’est à corriger en paie.",
        Mend.AFFILIATE, incomplete,
    ),
)  # fmt: skip
