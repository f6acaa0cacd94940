"""places: burial grounds, prisons, camps, courts, cities and regions."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Name, Names, Number, Record, Reference, Text, check

KIND = {
    "country": "a country",
    "region": "a region, province or republic",
    "city": "a city, town or village",
    "burial_ground": "a burial ground or place of execution",
    "prison": "a prison",
    "camp": "a camp",
    "court": "a court",
    "building": "another building",
    "waters": "a canal, river or sea",
    "area": "a landscape or a part of a city",
}
PRECISION = {"exact": "the very place", "near": "within a few kilometres", "centre": "the middle of an area"}


class Place(Record):
    """A place; coordinates are the editors' addition unless a source is cited for them."""

    __tablename__ = "places"

    name: Mapped[str] = Name("what it is called")
    aliases: Mapped[str | None] = Names("what else it is called")
    kind: Mapped[str] = Code("what sort of place", KIND, required=True, shown=True)
    latitude: Mapped[float | None] = Number("degrees north", least=-90, most=90)
    longitude: Mapped[float | None] = Number("degrees east", least=-180, most=180)
    precision: Mapped[str | None] = Code("how exact the coordinates are", PRECISION)
    parent: Mapped[Place | None] = Reference("places", "the place it lies in", shown=True)
    country: Mapped[str | None] = Text("the country it lies in today", shown=True)
    checks: ClassVar = (
        check("latitude BETWEEN -90 AND 90", "latitude_on_earth", "latitude lies outside -90 to 90"),
        check("longitude BETWEEN -180 AND 180", "longitude_on_earth", "longitude lies outside -180 to 180"),
    )
