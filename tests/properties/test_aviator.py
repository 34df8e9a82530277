"""Whatever a script is, it has a value or a failure; a tree survives being written."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.aviator import evaluate
from chalicelib.expressions.scope import Facts
from chalicelib.model import aviator_tree as tree
from chalicelib.model.aviator_grammar import parse
from chalicelib.values import compact

NAMES = st.sampled_from(["source", "context", "alpha", "beta"])
VOCABULARY = """
    nil true 1 2.5 3N 4M 'a' "b#{source}" /a+/ source context.a seq.list() seq.map()
    + - * / % ** == != < >= && || ! ~ ? : ( ) [ ] { } , ; . = =~ << >>> | & ^
    let if elsif else for in while break continue return throw try catch finally
    lambda fn end -> x y f count map filter reduce sort str long range(0,3) rand()
    seq.add( seq.put( string.split( string.replace_all( date_to_string( sysdate()
"""
WORDS = st.sampled_from(VOCABULARY.split())


@given(text=st.lists(WORDS, max_size=30).map(" ".join))
def test_any_words_have_a_value_or_a_failure(text):
    try:
        found = evaluate(text, {"source": [1, "a"], "context": {"a": None}}, Facts())
    except EvaluationFailure as failure:
        assert failure.error.startswith("expression_")
    else:
        compact(found)


@given(text=st.text(max_size=40))
def test_any_text_has_a_value_or_a_failure(text):
    try:
        evaluate(text, {"source": text}, Facts())
    except EvaluationFailure as failure:
        assert failure.error.startswith("expression_")


# -- a tree, written and read again ------------------------------------------------


def literals():
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(0, (1 << 63) - 1),
        st.integers(0, 1 << 70).map(tree.BigInt),
        st.decimals(0, 10**6, places=3, allow_nan=False),
        st.floats(0, 1e6, allow_nan=False).map(lambda x: round(x, 3)),
        st.text(st.sampled_from("ab '\"\\\n\t{}"), max_size=5),
    ).map(lambda value: tree.Literal(value=value))


SIGNS = "|| && | ^ & == =~ < >= << >>> + - * / % **"


def larger(inner):
    names = NAMES.map(lambda name: tree.Name(name=name))
    return st.one_of(
        st.builds(
            tree.Binary,
            operator=st.sampled_from(SIGNS.split()),
            left=inner,
            right=inner,
        ),
        st.builds(tree.Unary, operator=st.sampled_from("!-~"), operand=inner),
        st.builds(tree.Ternary, test=inner, then=inner, other=inner),
        st.builds(tree.Index, target=names, index=inner),
        st.builds(tree.Property, target=names, name=NAMES),
        st.lists(inner, max_size=2).map(
            lambda given: tree.Call(
                function=tree.Name(name="count"), arguments=tuple(given)
            )
        ),
        inner.map(
            lambda body: tree.Function(
                parameters=("x",), body=tree.Block(statements=(body,))
            )
        ),
    )


TREES = st.recursive(
    literals() | NAMES.map(lambda name: tree.Name(name=name)), larger, max_leaves=8
)


def quoted(text):
    signs = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t"}
    return "'" + "".join(signs.get(letter, letter) for letter in text) + "'"


def constant(value):
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return quoted(value)
    return f"{value}M" if isinstance(value, Decimal) else repr(value)


WRITERS = {
    tree.Literal: lambda x: constant(x.value),
    tree.Name: lambda x: x.name,
    tree.Binary: lambda x: f"({written(x.left)}) {x.operator} ({written(x.right)})",
    tree.Unary: lambda x: f"{x.operator}({written(x.operand)})",
    tree.Ternary: lambda x: "({}) ? ({}) : ({})".format(
        *map(written, (x.test, x.then, x.other))
    ),
    tree.Index: lambda x: f"{written(x.target)}[{written(x.index)}]",
    tree.Property: lambda x: f"{written(x.target)}.{x.name}",
    tree.Call: lambda x: f"count({', '.join(map(written, x.arguments))})",
    tree.Function: lambda x: f"lambda(x) -> {written(x.body.statements[0])} end",
}


def written(node):
    return WRITERS[type(node)](node)


@given(node=TREES)
def test_a_tree_that_is_written_and_read_is_the_same(node):
    found = parse(written(node)).statements[0]

    assert repr(found) == repr(node)
