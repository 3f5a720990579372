"""How an entity is declared: once; layers, columns, templates, schema and dictionary are derived from it.

A field is ``name: Annotated[type, description, Unit(...), Term(...), CRS(...), Tier...]``. Types: str, bool, int,
float, a `Vocabulary`, `When`, `Stated`, `Ref[Entity]`, a shapely geometry, each optionally ``| None``, and tuples of
str, vocabulary or Ref. Adding an optional field is one line. Any other change raises ``entity_version`` and adds a pure
upcaster from the version before.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar, dataclass_transform

from shapely.geometry.base import BaseGeometry

from tetrapylon.model.dates import When
from tetrapylon.model.field import CRS, Column, Field, Term, Unit
from tetrapylon.model.labels import labels
from tetrapylon.model.quantity import Stated
from tetrapylon.model.tiers import Tier
from tetrapylon.model.vocabulary import Vocabulary

T = TypeVar("T")


class Ref(str, Generic[T]):
    """The uid of a thing of the given entity."""

    __slots__ = ()


class Holds(Vocabulary):
    """How long a claim of an entity speaks about the ground."""

    INSTANT = "instant", "a happening at one time", "un fait ponctuel", "событие в один момент", "حدث في وقت واحد"
    INTERVAL = "interval", "from a start to an end", "d'un début à une fin", "от начала до конца", "من بداية إلى نهاية"
    UNTIL_SUPERSEDED = (
        "until_superseded",
        "until a later claim replaces it",
        "jusqu'à ce qu'une autre le remplace",
        "пока не заменено",
        "حتى يحل محله غيره",
    )


def rule(statement: str) -> Callable[[Callable[[T], bool]], Callable[[T], bool]]:
    """Mark a method of an entity as a rule its values keep; ``statement`` says it in words."""

    def mark(method: Callable[[T], bool]) -> Callable[[T], bool]:
        method.rule = statement  # type: ignore[attr-defined]
        return method

    return mark


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True)
class Entity:
    """Base of everything the record can hold claims about.

    Class attributes: ``entity_version``; ``holds``; ``span``, names of the fields that give the start and the end of
    what a claim speaks about; ``term``, the standard's name; ``upcasters``, by the version they start from;
    ``background``: True for who and where - in a cited case known from its beginning, whatever the source's date.
    """

    entity_version: ClassVar[int] = 1
    holds: ClassVar[Holds] = Holds.UNTIL_SUPERSEDED
    span: ClassVar[tuple[str | None, str | None]] = (None, None)
    term: ClassVar[str] = ""
    background: ClassVar[bool] = False
    upcasters: ClassVar[Mapping[int, Upcaster]] = types.MappingProxyType({})

    local_id: typing.Annotated[str | None, "The identifier its own organisation uses"] = None
    extra: typing.Annotated[Mapping[str, Any], "Fields this version does not know, kept as received"] = (
        dataclasses.field(default_factory=dict)
    )

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        dataclass(frozen=True, kw_only=True)(cls)
        REGISTRY[cls.name()] = cls

    @classmethod
    def name(cls) -> str:
        """Name in tables, layers and entries: ``LandRelease`` is ``land_release``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """Name in words."""
        return cls.name().replace("_", " ")

    @classmethod
    def label_in(cls, language: str) -> str:
        """Label for people, in one of `LANGUAGES`."""
        return labels(language).entity(cls.name())

    @classmethod
    def fields(cls) -> Mapping[str, Field]:
        """Fields by name, in the order of their declaration."""
        if cls not in _FIELDS:
            _FIELDS[cls] = _read_fields(cls)
        return _FIELDS[cls]

    @classmethod
    def geometry_field(cls) -> Field | None:
        """The geometry field, if the entity has one."""
        return _shape(cls).geometry

    @classmethod
    def columns(cls) -> tuple[Column, ...]:
        """Columns of the entity's own fields in layers and tables."""
        return tuple(column for field in cls.fields().values() for column in field.columns)

    @classmethod
    def rules(cls) -> dict[str, str]:
        """Rules of the entity: method name to statement."""
        return {n: str(text) for n in dir(cls) if (text := getattr(getattr(cls, n), "rule", None))}

    def broken_rules(self) -> list[str]:
        """Statements of the rules these values break."""
        return [statement for name, statement in type(self).rules().items() if not getattr(self, name)()]

    def encode(self) -> dict[str, Any]:
        """All values as JSON data; empty ones and those of withheld tiers left out, unknown ones kept."""
        known = {
            f.name: f.encode(value)
            for f in type(self).fields().values()
            if (value := getattr(self, f.name)) is not None and value != ()
        }
        return {**self.extra, **known}

    @classmethod
    def upcast(cls, data: Mapping[str, Any], version: int) -> Mapping[str, Any]:
        """JSON data written in ``version`` in the form of the present one."""
        for step in range(version, cls.entity_version):
            data = cls.upcasters[step](dict(data))
        return data

    @classmethod
    def decode(cls, data: Mapping[str, Any], version: int | None = None, geometry: BaseGeometry | None = None) -> Self:
        """Build from JSON data of ``version`` (None: this one); unknown fields are kept in ``extra``.

        ``geometry`` stands in for the geometry field, when a caller decoded many at once.

        Raises
        ------
        VocabularyError, ValueRangeError : a value is not one of its field.
        KeyError : a required field is missing.
        """
        if version is not None and version < cls.entity_version:
            data = cls.upcast(data, version)
        shape = _shape(cls)
        decoders = shape.decoders
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for name, item in data.items():
            if name not in decoders:
                extra[name] = item
            else:
                decode = decoders[name]
                values[name] = item if decode is None else decode(item)
        if geometry is not None and (field := cls.geometry_field()):
            values[field.name] = geometry
        if missing := shape.required - values.keys():
            raise KeyError(f"{cls.title()} lacks {', '.join(sorted(missing))}")
        made = object.__new__(cls)  # defaults are class attributes: the long way round __init__ costs a third more
        made.__dict__.update(values, extra=extra)
        return made


Decoder = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What hot paths need of an entity, worked out once."""

    decoders: Mapping[str, Decoder | None]  # how each field's data is read; None: as it is
    required: frozenset[str]
    geometry: Field | None
    sensitive: Mapping[str, Tier]  # tier of each field that is not public
    names: frozenset[str]


_SHAPES: dict[type[Entity], _Shape] = {}


def _shape(cls: type[Entity]) -> _Shape:
    if cls not in _SHAPES:
        fields = cls.fields().values()
        plain = {"text", "flag", "integer", "number", "ref"}
        _SHAPES[cls] = _Shape(
            decoders={f.name: None if f.kind in plain and not f.many else f.decode for f in fields},
            required=frozenset(f.name for f in fields if f.required),
            geometry=next((f for f in fields if f.kind == "geometry"), None),
            sensitive={f.name: f.tier for f in fields if f.tier is not Tier.PUBLIC},
            names=frozenset(f.name for f in fields),
        )
    return _SHAPES[cls]


REGISTRY: dict[str, type[Entity]] = {}
"""Every declared entity by name; closed once `tetrapylon.model` is imported."""


def split_by_tier(cls: type[Entity], data: Mapping[str, Any]) -> dict[Tier, dict[str, Any]]:
    """Divide JSON data of an entity into one dictionary per tier it touches; public always exists.

    A field this version does not know counts as restricted.
    """
    shape = _shape(cls)
    sensitive, known = shape.sensitive, shape.names
    public = dict(data)
    parts: dict[Tier, dict[str, Any]] = {Tier.PUBLIC: public}
    for name in sensitive.keys() & data.keys() if known.issuperset(data) else data.keys() - (known - sensitive.keys()):
        parts.setdefault(sensitive.get(name, Tier.RESTRICTED), {})[name] = public.pop(name)
    return parts


_FIELDS: dict[type[Entity], Mapping[str, Field]] = {}


def _read_fields(cls: type[Entity]) -> Mapping[str, Field]:
    local = {c.__name__: c for c in REGISTRY.values()} | {"Entity": Entity}
    hints = typing.get_type_hints(cls, localns=local, include_extras=True)
    fields = {}
    for spec in dataclasses.fields(cls):
        if spec.name != "extra":
            fields[spec.name] = _field(cls, spec, hints[spec.name])
    return types.MappingProxyType(fields)


def _field(cls: type[Entity], spec: dataclasses.Field[Any], hint: Any) -> Field:
    base, *notes = typing.get_args(hint)
    required = spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING
    if isinstance(base, types.UnionType) or typing.get_origin(base) is typing.Union:
        (base,) = (a for a in typing.get_args(base) if a is not types.NoneType)
    many = typing.get_origin(base) is tuple
    if many:
        base = typing.get_args(base)[0]
    kind, vocabulary, target = _kind(base)
    tier = next((n for n in notes if isinstance(n, Tier)), Tier.PUBLIC)
    description = next((n for n in notes if type(n) is str), "")
    if not description:
        raise TypeError(f"{cls.__name__}.{spec.name} has no description")
    if tier is not Tier.PUBLIC and required:
        raise TypeError(f"{cls.__name__}.{spec.name} may be withheld ({tier}), so it cannot be required")
    return Field(
        entity=cls.name(),
        name=spec.name,
        kind=kind,
        many=many,
        required=required,
        description=description,
        unit=next((n.symbol for n in notes if isinstance(n, Unit)), None),
        term=next((n.text for n in notes if isinstance(n, Term)), None),
        crs=next((n.code for n in notes if isinstance(n, CRS)), None),
        tier=tier,
        vocabulary=vocabulary,
        target=target,
    )


def _kind(base: Any) -> tuple[str, type[Vocabulary] | None, str | None]:
    if typing.get_origin(base) is Ref:
        target = typing.get_args(base)[0]
        return (
            "ref",
            None,
            target if isinstance(target, str) else getattr(target, "__forward_arg__", None) or target.__name__,
        )
    if isinstance(base, type):
        if issubclass(base, Vocabulary):
            return "term", base, None
        if issubclass(base, BaseGeometry):
            return "geometry", None, None
        kind = {str: "text", bool: "flag", int: "integer", float: "number", When: "when", Stated: "stated"}.get(base)
        if kind:
            return kind, None, None
    raise TypeError(f"{base} is not a type a field can have")


def each_field() -> Iterator[tuple[type[Entity], Field]]:
    """Every field of every entity."""
    for entity in REGISTRY.values():
        for field in entity.fields().values():
            yield entity, field
