"""How does each query language write a state? A row of ``DIALECTS`` for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chalicelib.formats.asl import dataflow, recovery, states, states_jsonata
from chalicelib.formats.asl.dataflow import Flow
from chalicelib.formats.asl.states import Made, Place
from chalicelib.formats.asl.vocabulary import JSONATA, JSONPATH, STATES
from chalicelib.formats.asl.vocabulary_jsonata import JSONATA_STATES
from chalicelib.formats.fields import Part, Shape
from chalicelib.model.workflow import Catcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What differs between states of one query language and of another."""

    #: The fields, by the type of state.
    shapes: Mapping[str, Shape]
    compile_work: Callable[[Part, dict[str, Any], Place], Made]
    compile_flow: Callable[[Part], Flow]
    compile_catch: Callable[[Part], tuple[Catcher, ...]]


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        JSONPATH: Dialect(
            shapes=STATES,
            compile_work=states.compile_work,
            compile_flow=dataflow.compile_flow,
            compile_catch=recovery.compile_catch,
        ),
        JSONATA: Dialect(
            shapes=JSONATA_STATES,
            compile_work=states_jsonata.compile_work,
            compile_flow=states_jsonata.compile_flow,
            compile_catch=states_jsonata.compile_catch,
        ),
    }
)
