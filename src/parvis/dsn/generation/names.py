"""Invented people: names that are common in France, a NIR of their sex, birth and department, never a real person's.

The order number of the NIR begins at 900, where no town registers births.
"""

import calendar
import datetime
import random
from dataclasses import dataclass

WOMEN = (
    "Marie Camille Léa Chloé Inès Manon Élise Céline Sandrine Nathalie Isabelle Sylvie Françoise Hélène Aurélie Émilie"
    " Julie Laëtitia Stéphanie Valérie Corinne Véronique Agnès Béatrice Noémie Anaïs Zoé Fatima Samira Ophélie Maëlle"
    " Gaëlle Solène Clémence Joëlle Michèle Odile Brigitte Delphine Karine"
).split()
MEN = (
    "Jean Pierre Michel Philippe Alain Nicolas Christophe Laurent Frédéric Stéphane David Julien Sébastien Thomas"
    " Guillaume Mathieu Romain Kévin Loïc François Rémi Jérôme Cédric Benoît Gaël Raphaël Noël Yannick Karim Mehdi"
    " Grégory Fabrice Gérard Éric Hervé Joël André René Théo Hugo"
).split()
SURNAMES = (
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre Michel Garcia David"
    " Bertrand Roux Vincent Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Martinez Legrand"
    " Garnier Faure Rousseau Blanc Guérin Müller Henry Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont"
    " López Fontaine Chevalier Robin Masson Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche"
    " Roy Noël Meyer Lucas Meunier Jean Pérez Marchand Dufour Blanchard Marie Barbier Brun Dumas Brunet Schmitt Leroux"
    " Colas Fernandez Pierre Renard Arnaud Rolland Caron Aubert Giraud Leclerc Vidal Bourgeois Renaud Lemoine Picard"
    " Gaillard Philippe Leclercq Lacroix Fabre Dupuis Olivier Rodriguez Da_Silva Hubert Louis Charles Guillot Rivière"
    " Le_Gall Guillaume Adam Rey Moulin Gonzalez Berger Lecomte Menard Fleury Deschamps Carpentier Julien Benoît Paris"
    " Maillard Marchal Aubry Vasseur Le_Roux Renault Jacquet Collet Prévost Poirier Charpentier Royer Huet Baron"
    " D'Artagnan D'Hondt L'Hostis N'Diaye Pons Carré Bouvier Gavard Mermillod Tissot"
).split()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as S21.G00.30 says it."""

    nir: str
    surname: str
    used_name: str | None
    first_names: str
    female: bool
    born: datetime.date
    birth_place: str
    department: str


def invented(draw: random.Random, rank: int, department: str, place: str, youngest: int, oldest: int) -> Identity:
    """Somebody born between two years. `rank` is theirs at their employer, and makes the NIR their own."""
    female = draw.random() < 0.61
    year, month = draw.randint(youngest, oldest), draw.randint(1, 12)
    born = datetime.date(year, month, draw.randint(1, calendar.monthrange(year, month)[1]))
    surname = draw.choice(SURNAMES).replace("_", " ")
    first = draw.choice(WOMEN if female else MEN)
    if draw.random() < 0.3:
        first += " " + draw.choice(WOMEN if female else MEN)
    used = draw.choice(SURNAMES).replace("_", " ") if female and draw.random() < 0.45 else None
    where = department_of_birth(department, year)
    number = nir(draw, female=female, born=born, department=where, rank=rank)
    return Identity(number, surname.upper(), used.upper() if used else None, first, female, born, place[:30], where)


def department_of_birth(department: str, year: int) -> str:
    """Two characters: 20 for Corsica before 1976, 97 for an overseas department."""
    where = department[:2]
    return "20" if where in {"2A", "2B"} and year < 1976 else where


def nir(draw: random.Random, *, female: bool, born: datetime.date, department: str, rank: int) -> str:
    """13 characters without the key, accepted by the norm's own control."""
    # Order numbers 900 to 998; the town's number carries the rest of the rank, so that nobody shares a NIR.
    order, town = 900 + rank % 99, 1 + (rank // 99 * 37 + draw.randint(0, 36)) % 989
    return f"{2 if female else 1}{born.year % 100:02d}{born.month:02d}{department}{town:03d}{order:03d}"
