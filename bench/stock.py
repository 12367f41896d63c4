"""Files of the shape of INSEE's monthly stock: real column names, invented rows; the same seed, the same file."""

from collections.abc import Iterator
from pathlib import Path


def _names(text: str) -> list[str]:
    return text.split()


UNIT_COLUMNS = _names("""
    siren statutDiffusionUniteLegale unitePurgeeUniteLegale dateCreationUniteLegale sigleUniteLegale
    sexeUniteLegale prenom1UniteLegale prenom2UniteLegale prenom3UniteLegale prenom4UniteLegale
    prenomUsuelUniteLegale pseudonymeUniteLegale identifiantAssociationUniteLegale trancheEffectifsUniteLegale
    anneeEffectifsUniteLegale dateDernierTraitementUniteLegale nombrePeriodesUniteLegale categorieEntreprise
    anneeCategorieEntreprise dateDebut etatAdministratifUniteLegale nomUniteLegale nomUsageUniteLegale
    denominationUniteLegale denominationUsuelle1UniteLegale denominationUsuelle2UniteLegale
    denominationUsuelle3UniteLegale categorieJuridiqueUniteLegale activitePrincipaleUniteLegale
    nomenclatureActivitePrincipaleUniteLegale nicSiegeUniteLegale economieSocialeSolidaireUniteLegale
    societeMissionUniteLegale caractereEmployeurUniteLegale
""")
ESTABLISHMENT_COLUMNS = _names("""
    siren nic siret statutDiffusionEtablissement dateCreationEtablissement trancheEffectifsEtablissement
    anneeEffectifsEtablissement activitePrincipaleRegistreMetiersEtablissement dateDernierTraitementEtablissement
    etablissementSiege nombrePeriodesEtablissement complementAdresseEtablissement numeroVoieEtablissement
    indiceRepetitionEtablissement dernierNumeroVoieEtablissement indiceRepetitionDernierNumeroVoieEtablissement
    typeVoieEtablissement libelleVoieEtablissement codePostalEtablissement libelleCommuneEtablissement
    libelleCommuneEtrangerEtablissement distributionSpecialeEtablissement codeCommuneEtablissement
    codeCedexEtablissement libelleCedexEtablissement codePaysEtrangerEtablissement
    libellePaysEtrangerEtablissement identifiantAdresseEtablissement coordonneeLambertAbscisseEtablissement
    coordonneeLambertOrdonneeEtablissement complementAdresse2Etablissement numeroVoie2Etablissement
    indiceRepetition2Etablissement typeVoie2Etablissement libelleVoie2Etablissement codePostal2Etablissement
    libelleCommune2Etablissement libelleCommuneEtranger2Etablissement distributionSpeciale2Etablissement
    codeCommune2Etablissement codeCedex2Etablissement libelleCedex2Etablissement codePaysEtranger2Etablissement
    libellePaysEtranger2Etablissement dateDebut etatAdministratifEtablissement enseigne1Etablissement
    enseigne2Etablissement enseigne3Etablissement denominationUsuelleEtablissement activitePrincipaleEtablissement
    nomenclatureActivitePrincipaleEtablissement caractereEmployeurEtablissement
""")
LINK_COLUMNS = _names("""
    siretEtablissementPredecesseur siretEtablissementSuccesseur dateLienSuccession transfertSiege
    continuiteEconomique dateDernierTraitementLienSuccession
""")


def line(columns: list[str], **values: str) -> str:
    """One line of the file: the given columns, the others empty; quoted where it must be."""
    unknown = set(values) - set(columns)
    if unknown:
        raise KeyError(unknown)

    def quoted(value: str) -> str:
        return '"' + value.replace('"', '""') + '"' if "," in value or '"' in value else value

    return ",".join(quoted(values.get(column, "")) for column in columns)


def unit(siren: str, name: str, category: str) -> str:
    """A line of StockUniteLegale."""
    return line(
        UNIT_COLUMNS,
        siren=siren,
        statutDiffusionUniteLegale="O",
        dateCreationUniteLegale="1983-03-01",
        trancheEffectifsUniteLegale="21",
        anneeEffectifsUniteLegale="2023",
        dateDernierTraitementUniteLegale="2026-03-22T10:04:51",
        nombrePeriodesUniteLegale="4",
        categorieEntreprise="PME",
        anneeCategorieEntreprise="2023",
        dateDebut="2008-01-01",
        etatAdministratifUniteLegale="A",
        denominationUniteLegale=name,
        categorieJuridiqueUniteLegale=category,
        activitePrincipaleUniteLegale="84.11Z",
        nomenclatureActivitePrincipaleUniteLegale="NAFRev2",
        nicSiegeUniteLegale="00014",
        caractereEmployeurUniteLegale="O",
    )


def establishment(siret: str, **values: str) -> str:
    """A line of StockEtablissement: an open head office in Annecy, but for what is given."""
    return line(
        ESTABLISHMENT_COLUMNS,
        **{
            "siren": siret[:9],
            "nic": siret[9:],
            "siret": siret,
            "statutDiffusionEtablissement": "O",
            "dateCreationEtablissement": "1983-03-01",
            "dateDernierTraitementEtablissement": "2026-03-22T10:04:51",
            "etablissementSiege": "true",
            "nombrePeriodesEtablissement": "3",
            "numeroVoieEtablissement": "12",
            "typeVoieEtablissement": "RUE",
            "libelleVoieEtablissement": "DE LA MAIRIE",
            "codePostalEtablissement": "74000",
            "libelleCommuneEtablissement": "ANNECY",
            "codeCommuneEtablissement": "74010",
            "identifiantAdresseEtablissement": "740100245_B",
            "coordonneeLambertAbscisseEtablissement": "941234.11",
            "coordonneeLambertOrdonneeEtablissement": "6538456.2",
            "dateDebut": "2008-01-01",
            "etatAdministratifEtablissement": "A",
            "activitePrincipaleEtablissement": "84.11Z",
            "nomenclatureActivitePrincipaleEtablissement": "NAFRev2",
            "caractereEmployeurEtablissement": "O",
            **values,
        },
    )


def link(old: str, new: str, day: str = "2026-01-01") -> str:
    """A line of StockEtablissementLiensSuccession."""
    return line(
        LINK_COLUMNS,
        siretEtablissementPredecesseur=old,
        siretEtablissementSuccesseur=new,
        dateLienSuccession=day,
        transfertSiege="true",
        continuiteEconomique="true",
        dateDernierTraitementLienSuccession="2026-01-12T09:00:00",
    )


def write(path: Path, columns: list[str], lines: list[str] | Iterator[str]) -> Path:
    """A whole file, with its header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(columns) + "\n")
        for one in lines:
            file.write(one + "\n")
    return path


# One legal unit out of so many is public: about what there is in France, with a margin against us.
PUBLIC_ONE_IN = 20
_WORDS = ("ROSIERS", "LILAS", "TILLEULS", "ALPES", "GLIERES", "VERGERS", "MOULINS", "FONTAINES", "REMPARTS", "ECOLES")


def generate(folder: Path, establishments: int, *, month: int = 1) -> tuple[Path, Path]:
    """A pair of files with so many establishments, one for each legal unit: five of a hundred are public.

    A later `month` has one public establishment of a hundred elsewhere, and one of a thousand closed. Files that are
    there already are kept: the same numbers always make the same lines.
    """
    folder.mkdir(parents=True, exist_ok=True)
    units, places = folder / f"StockUniteLegale-{month}.csv", folder / f"StockEtablissement-{month}.csv"
    done = folder / f"done-{month}"
    if done.exists():
        return units, places
    public_unit, private_unit = (unit("{siren}", "{name}", category) for category in ("7210", "5710"))
    place = establishment(
        "{siren}00014",
        siren="{siren}",
        nic="00014",
        numeroVoieEtablissement="{number}",
        libelleVoieEtablissement="DES {where}",
        codePostalEtablissement="{department}000",
        libelleCommuneEtablissement="{where}-LES-BAINS",
        codeCommuneEtablissement="{commune}",
        etatAdministratifEtablissement="{state}",
        dateDebut="{since}",
    )
    with units.open("w", encoding="utf-8") as first, places.open("w", encoding="utf-8") as second:
        first.write(",".join(UNIT_COLUMNS) + "\n")
        second.write(",".join(ESTABLISHMENT_COLUMNS) + "\n")
        for position in range(establishments):
            siren, public = f"{800_000_000 + position * 3:09d}", position % PUBLIC_ONE_IN == 0
            where = _WORDS[position * 7 % 10]
            # One name out of two of the others holds a comma, and so quotes.
            private = f'"SOCIETE DES {where}, {position}"' if position % 2 else f"SOCIETE DES {where} {position}"
            name = f"COMMUNE DE {where} {position}" if public else private
            first.write((public_unit if public else private_unit).format(siren=siren, name=name) + "\n")
            moved = month > 1 and position % (PUBLIC_ONE_IN * 100) == 0
            closed = month > 1 and position % (PUBLIC_ONE_IN * 1000) == PUBLIC_ONE_IN
            department = f"{1 + position % 95:02d}"
            line_of = place.format(
                siren=siren,
                number=1 + position % 180 + (month if moved else 0),
                where=where,
                department=department,
                commune=f"{department}{1 + position % 700:03d}",
                state="F" if closed else "A",
                since="2026-10-01" if closed else "2008-01-01",
            )
            second.write(line_of + "\n")
    done.touch()
    return units, places
