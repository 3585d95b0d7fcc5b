"""Whom to name wherever figures of the package, or maps made of them, are shown; the same as in NOTICE."""

from __future__ import annotations

from typing import NamedTuple


class Publisher(NamedTuple):
    """Where figures come from.

    Attributes:
        subject: What the figures are about, in English.
        onderwerp: The same in Dutch.
        holder: Whom to name, with the licence.
    """

    subject: str
    onderwerp: str
    holder: str


PUBLISHERS: tuple[Publisher, ...] = (
    Publisher(
        "Wijken and their outlines (generalised)",
        "Wijken en hun grenzen (vereenvoudigd)",
        "Wijken voor omgevingsanalyse. © gemeentebesturen, verzameld door Data & Analyse van de Vlaamse provincies, "
        "Modellicentie Gratis Hergebruik Vlaanderen v1.0",
    ),
    Publisher(
        "Statistical sectors, population, households, dwellings, sales, permits, census, local units",
        "Statistische sectoren, bevolking, huishoudens, woningen, verkopen, vergunningen, census, vestigingen",
        "Statbel (Algemene Directie Statistiek - Statistics Belgium), open data licence",
    ),
    Publisher(
        "Households by size; residents of care homes",
        "Huishoudens naar grootte; bewoners van woonzorgcentra",
        "Statistiek Vlaanderen, open data",
    ),
    Publisher("Electricity connections by sector", "Elektriciteitsaansluitingen per sector", "Fluvius, open data"),
    Publisher(
        "Energy performance certificates",
        "Energieprestatiecertificaten",
        "VEKA (Vlaams Energie- en Klimaatagentschap), open data",
    ),
    Publisher(
        "Mode choice and travel",
        "Vervoerskeuze en verplaatsingen",
        "eqasim-java; Onderzoek Verplaatsingsgedrag 5.5 and 6; the rest of the network is a schematic of our own",
    ),
    Publisher("Railway stations and boardings", "Stations en opstappende reizigers", "iRail, CC0"),
    Publisher(
        "Targets and figures of policy",
        "Doelen en cijfers van het beleid",
        "City of Kortrijk, inspiration note 2040",
    ),
)
