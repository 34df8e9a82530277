"""Which version does a descriptor id of Rill Flow mean? The catalogue behind it.

    rillflow / B#<business>                 a business
    rillflow / F#<business>#<feature>       a feature of it
    rillflow / D#<business>#<feature>#<alias>   the version an alias leads to
    about#<workflow> / V#<alias>#<md5>      a text that an alias has led to, and when
    about#<workflow> / MD5#<md5>            the version that this text compiled to
    about#<workflow> / GRAY#<alias>         a rule: who gets this alias unasked
    rillflow#ab / <business>#<key>#<resource>   a rule: whose work goes to it

``release`` is the workflow's current version, whoever published it. Any other alias is
kept here or, where Step Functions' clients made it, among the releases.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts
from chalicelib.frozen import dataclass
from chalicelib.journal.releases import Releases, about
from chalicelib.model.descriptors import RELEASE, service_id
from chalicelib.ports import Clock, Item, Table
from chalicelib.values import Json

CATALOGUE = "rillflow"
CHOICES = "rillflow#ab"
#: The rule of the resource that is meant where no other rule is true.
DEFAULT = "default"
#: Texts that an alias remembers.
REMEMBERED = 300

_MD5 = "md5_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that an alias leads to, or has led to."""

    md5: str
    #: Seconds since the epoch.
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """An alias, and the text that it leads to."""

    business: str
    feature: str
    alias: str
    md5: str
    #: Seconds since the epoch: made, and led to this text.
    created_at: float
    at: float


class Descriptors:
    """Businesses, features, aliases and their texts; see the top of the module."""

    def __init__(self, table: Table, releases: Releases, clock: Clock) -> None:
        self._table = table
        self._releases = releases
        self._clock = clock

    # -- versions ----------------------------------------------------------------

    def note(self, workflow: str, alias: str, text: str, version: str) -> str:
        """Let ``alias`` lead to a text, published as ``version``; return its digest."""
        md5 = digest(text)
        now = self._clock.now()
        partition = about(workflow)
        self._table.put({"pk": partition, "sk": f"MD5#{md5}", "version": version})
        self._table.put({"pk": partition, "sk": f"V#{alias}#{md5}", "at": now})
        self._point(workflow, alias, version=version, md5=md5)
        for old in self.texts(workflow, alias)[REMEMBERED:]:
            self._table.delete((partition, f"V#{alias}#{old.md5}"))
        return md5

    def texts(self, workflow: str, alias: str) -> list[Text]:
        """Return the texts of an alias, newest first."""
        prefix = f"V#{alias}#"
        found = self._table.query(about(workflow), prefix=prefix)
        texts = [Text(md5=each["sk"][len(prefix) :], at=each["at"]) for each in found]
        return sorted(texts, key=lambda each: -each.at)

    def version(self, workflow: str, named: str) -> str:
        """Return the version behind an alias or a digest; empty: the current one.

        What is neither is a version, or nothing: who looks for it will say so.
        """
        if named in ("", RELEASE):
            return ""
        if named.startswith(_MD5):
            item = self._table.get((about(workflow), f"MD5#{named[len(_MD5) :]}"))
        else:
            item = self._table.get((CATALOGUE, _pointer(workflow, named)))
        version = str(item["version"]) if item else self._released(workflow, named)
        return version or named

    def _released(self, workflow: str, named: str) -> str:
        alias = self._releases.alias(workflow, named)
        found = self._releases.numbered(workflow, alias.routes[0][0]) if alias else None
        return found.version if found else ""

    # -- the catalogue -----------------------------------------------------------

    def add_business(self, business: str) -> None:
        """Remember a business."""
        self._table.put({"pk": CATALOGUE, "sk": f"B#{business}"})

    def drop_business(self, business: str) -> None:
        """Forget a business; what is published stays."""
        self._table.delete((CATALOGUE, f"B#{business}"))

    def businesses(self) -> list[str]:
        """Return the businesses, by name."""
        return list(self._named("B#"))

    def add_feature(self, business: str, feature: str) -> None:
        """Remember a feature of a business."""
        self._table.put({"pk": CATALOGUE, "sk": f"F#{business}#{feature}"})

    def drop_feature(self, business: str, feature: str) -> None:
        """Forget a feature; what is published stays."""
        self._table.delete((CATALOGUE, f"F#{business}#{feature}"))

    def features(self, business: str) -> list[str]:
        """Return the features of a business, by name."""
        return list(self._named(f"F#{business}#"))

    def add_alias(self, workflow: str, alias: str) -> None:
        """Remember an alias that leads nowhere yet; one that is there stays."""
        if self._table.get((CATALOGUE, _pointer(workflow, alias))) is None:
            self._point(workflow, alias, version="", md5="")

    def _point(self, workflow: str, alias: str, *, version: str, md5: str) -> None:
        key, now = _pointer(workflow, alias), self._clock.now()
        before = self._table.get((CATALOGUE, key)) or {"created_at": now}
        times = {"created_at": before["created_at"], "at": now}
        item = {"pk": CATALOGUE, "sk": key, "version": version, "md5": md5}
        self._table.put({**item, **times})

    def drop_alias(self, workflow: str, alias: str) -> None:
        """Forget an alias; the versions it has led to stay."""
        self._table.delete((CATALOGUE, _pointer(workflow, alias)))

    def aliases(self, workflow: str) -> list[str]:
        """Return the aliases of a workflow, by name."""
        return list(self._named(_pointer(workflow, "")))

    def pointers(self) -> list[Pointer]:
        """Return every alias that leads somewhere, by business, feature and name."""
        found = self._table.query(CATALOGUE, prefix="D#")
        return [_as_pointer(each) for each in found if each["md5"]]

    # -- rules -------------------------------------------------------------------

    def keep_rule(self, workflow: str, alias: str, rule: str) -> None:
        """Let an Aviator rule say who gets an alias without asking for it."""
        key = {"pk": about(workflow), "sk": f"GRAY#{alias}"}
        self._table.put({**key, "rule": rule})

    def drop_rule(self, workflow: str, alias: str) -> None:
        """Forget the rule of an alias."""
        self._table.delete((about(workflow), f"GRAY#{alias}"))

    def rules(self, workflow: str) -> dict[str, str]:
        """Return the rules of a workflow by alias, in the order of the aliases."""
        found = self._table.query(about(workflow), prefix="GRAY#")
        return {each["sk"].removeprefix("GRAY#"): each["rule"] for each in found}

    def keep_choice(self, business: str, key: str, resource: str, rule: str) -> None:
        """Let an Aviator rule, or ``default``, say whose work goes to a resource."""
        item = {"pk": CHOICES, "sk": f"{business}#{key}#{resource}"}
        self._table.put({**item, "resource": resource, "rule": rule})

    def drop_choice(self, business: str, key: str, resource: str) -> None:
        """Forget a resource of a choice."""
        self._table.delete((CHOICES, f"{business}#{key}#{resource}"))

    def choices(self, business: str, key: str) -> dict[str, str]:
        """Return the rules of a choice by resource, in their order."""
        found = self._table.query(CHOICES, prefix=f"{business}#{key}#")
        return {each["resource"]: each["rule"] for each in found}

    def choice_keys(self, business: str) -> list[str]:
        """Return the keys of the choices of a business."""
        found = self._table.query(CHOICES, prefix=f"{business}#")
        return list(dict.fromkeys(each["sk"].split("#")[1] for each in found))

    def resource_for(
        self, business: str, key: str, uid: str, given: Mapping[str, Json]
    ) -> str:
        """Return the resource whose rule is true first, else the default's; or ""."""
        rules = self.choices(business, key)
        asked = {name: rule for name, rule in rules.items() if rule != DEFAULT}
        default = next((name for name in rules if name not in asked), "")
        return first_true(asked, uid, given) or default

    def _named(self, prefix: str) -> Iterator[str]:
        for item in self._table.query(CATALOGUE, prefix=prefix):
            yield item["sk"][len(prefix) :]


def first_true(rules: Mapping[str, str], uid: str, given: Mapping[str, Json]) -> str:
    """Return the name of the first rule that is true; one that fails is not."""
    number = int(uid) if uid.isascii() and uid.isdigit() and len(uid) < 19 else uid
    environment = {"uid": number, "input": dict(given)}
    for name, rule in rules.items():
        # Here: most flows have no rules.
        from chalicelib.expressions import aviator

        with suppress(EvaluationFailure):
            if aviator.evaluate(rule, environment, Facts(salt=uid)) is True:
                return name
    return ""


def _pointer(workflow: str, alias: str) -> str:
    return f"D#{service_id(workflow).replace(':', '#')}#{alias}"


def _as_pointer(item: Item) -> Pointer:
    _, business, feature, alias = item["sk"].split("#")
    return Pointer(
        business=business,
        feature=feature,
        alias=alias,
        md5=item["md5"],
        created_at=item["created_at"],
        at=item["at"],
    )


def digest(text: str) -> str:
    """Return the MD5 of a text, in hexadecimal: a name, not a proof."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
