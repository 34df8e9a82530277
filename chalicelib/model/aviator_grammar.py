"""The text of a program of Aviator -> its tree, or why it has none.

A program is statements with ``;`` between them. A block (``if``, ``for``, ``fn`` …)
needs none behind it. What the last statement gives is what the program gives, unless a
``;`` follows: then that is nil.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import lru_cache

from chalicelib.model import aviator_tokens
from chalicelib.model import aviator_tree as tree
from chalicelib.model.aviator_expressions import ExpressionReader
from chalicelib.model.aviator_names import own_names, parts, wrong_name
from chalicelib.model.aviator_tree import NotAviator
from chalicelib.model.jsonata_patterns import Pattern, compile_pattern

#: Characters of a program.
MAX_TEXT = 65_536
#: Kinds of errors that a ``catch`` may name, and the ones they are kinds of.
ERROR_KINDS = {
    "Throwable": "",
    "Exception": "Throwable",
    "StandardError": "Exception",
    "RuntimeException": "Exception",
    "ExpressionRuntimeException": "RuntimeException",
    "ArithmeticException": "RuntimeException",
    "AssertFailed": "RuntimeException",
    "ClassCastException": "RuntimeException",
    "CompareNotSupportedException": "ExpressionRuntimeException",
    "IllegalArgumentException": "RuntimeException",
    "IndexOutOfBoundsException": "RuntimeException",
    "NullPointerException": "RuntimeException",
    "NumberFormatException": "IllegalArgumentException",
}


@lru_cache(maxsize=2048)
def parse(text: str) -> tree.Block:
    """Return the tree of a program.

    >>> parse("1 + 2").statements[0].operator
    '+'

    Raises:
        NotAviator: it is no program, or calls what there is not.
    """
    if len(text) > MAX_TEXT:
        raise NotAviator(f"a program has {MAX_TEXT} characters at most", 1, 1)
    program = _Reader(text, aviator_tokens.tokens(text)).program()
    own = own_names(program)
    for part in sorted(parts(program), key=lambda each: each.at):
        why = wrong_name(part, own) or _wrong_pattern(part)
        if why:
            aviator_tokens.fail(text, part.at, why)
    return program


def pattern(text: str, *, whole: bool = False) -> Pattern:
    """Return a regular expression; ``whole``: for a text from its start to its end.

    Raises:
        ValueError: it is none that is supported.
    """
    ignores_case = text.startswith("(?i)")
    body = text[4 * ignores_case :]
    found = compile_pattern(body, ignores_case, False)
    return compile_pattern(f"^(?:{body})$", ignores_case, False) if whole else found


def _wrong_pattern(node: tree.Node) -> str:
    if not isinstance(node, tree.Regex):
        return ""
    try:
        pattern(node.text)
    except ValueError as error:
        return str(error)
    return ""


class _Reader(ExpressionReader):
    """Reads statements; what an expression is, the base class knows."""

    def program(self) -> tree.Block:
        found = self._statements(())
        if not found.statements:
            self.fail("a value or a statement")
        return found

    def block(self, *closers: str) -> tree.Block:
        found = self._statements(closers)
        self.take()
        return found

    def _statements(self, closers: tuple[str, ...]) -> tree.Block:
        at = self.token.at
        found: list[tree.Node] = []
        gives = True
        while not self._is_over(closers):
            if self.takes(";"):
                gives = False
                continue
            gives = True
            found.append(self._statement())
            if not self._ends(found[-1], closers):
                expected = f"';' or {closers[0]!r}" if closers else "';'"
                self.fail(expected)
        return tree.Block(statements=tuple(found), gives=gives, at=at)

    def _is_over(self, closers: tuple[str, ...]) -> bool:
        if self.token.kind == "end" and closers:
            self.fail(repr(closers[0]))
        return self.token.kind == "end" or self.token.says(*closers)

    def _ends(self, statement: tree.Node, closers: tuple[str, ...]) -> bool:
        """Return whether another statement may follow here."""
        if isinstance(statement, _CLOSED) or self.token.kind == "end":
            return True
        return self.token.says(";", *closers)

    def _statement(self) -> tree.Node:
        token = self.token
        word = str(token.value) if token.kind == "word" else ""
        if token.says("{"):
            return self._braced()
        if word == "fn" and self._tokens[self._next + 1].says("("):
            return self._assigned()
        read = _STATEMENTS.get(word)
        if read is None:
            return self._assigned()
        self.take()
        self.deeper()
        found = read(self, token.at)
        self._depth -= 1
        return found

    def _braced(self) -> tree.Block:
        self.expect("{")
        self.deeper()
        found = self.block("}")
        self._depth -= 1
        return found

    def _assigned(self) -> tree.Node:
        """Return an expression, or an assignment to one."""
        target = self.expression()
        if not self.token.says("="):
            return target
        if not isinstance(target, tree.Target):
            self.fail("';': only names, properties and elements can be assigned to")
        self.take()
        self.deeper()
        value = self._statement()
        self._depth -= 1
        return tree.Assign(target=target, value=value, at=target.at)

    # -- statements, from behind their word ------------------------------------------

    def _let(self, at: int) -> tree.Node:
        first, *names = self.name().split(".")
        target: tree.Name | tree.Property = tree.Name(name=first, at=at)
        while names or self.takes("."):
            name = names.pop(0) if names else self.name("the name of a property")
            target = tree.Property(target=target, name=name, at=at)
        self.expect("=")
        value = self._statement()
        # Its end is a part of it, and does not take away its value.
        if not isinstance(value, _CLOSED) or self.token.says(";"):
            self.expect(";")
        if isinstance(target, tree.Name):
            return tree.Let(name=target.name, value=value, at=at)
        # Its ``;`` is taken already, as a block's end is.
        assign = tree.Assign(target=target, value=value, at=at)
        return tree.Block(statements=(assign,), at=at)

    def _fn(self, at: int) -> tree.Node:
        name = self.name("the name of a function")
        return tree.Define(name=name, function=self.function("{", at), at=at)

    def _if(self, at: int) -> tree.Node:
        test = self.expression()
        then = self._braced()
        other: tree.Node | None = None
        if self.token.says("elsif"):
            begins = self.take().at
            self.deeper()
            other = self._if(begins)
            self._depth -= 1
        elif self.takes("else"):
            other = self._braced()
        return tree.If(test=test, then=then, other=other, at=at)

    def _for(self, at: int) -> tree.Node:
        names = [self.name()]
        if self.takes(","):
            names.append(self.name())
        self.expect("in")
        values = self.expression()
        return tree.For(names=tuple(names), values=values, body=self._looped(), at=at)

    def _while(self, at: int) -> tree.Node:
        return tree.While(test=self.expression(), body=self._looped(), at=at)

    def _looped(self) -> tree.Block:
        self._loops += 1
        found = self._braced()
        self._loops -= 1
        return found

    def _break(self, at: int) -> tree.Node:
        return self._leave("break", at)

    def _continue(self, at: int) -> tree.Node:
        return self._leave("continue", at)

    def _leave(self, how: str, at: int) -> tree.Node:
        if not self._loops:
            aviator_tokens.fail(self._text, at, f"{how} is for loops; there is none")
        return tree.Leave(how=how, at=at)

    def _return(self, at: int) -> tree.Node:
        is_bare = self.token.kind == "end" or self.token.says(";", "}", "end")
        return tree.Return(value=None if is_bare else self.expression(), at=at)

    def _throw(self, at: int) -> tree.Node:
        return tree.Throw(value=self.expression(), at=at)

    def _try(self, at: int) -> tree.Node:
        body = self._braced()
        catches: list[tree.Catch] = []
        while self.token.says("catch"):
            catches.append(self._catch(self.take().at))
        last = self._braced() if self.takes("finally") else None
        if not catches and last is None:
            self.fail("'catch' or 'finally'")
        return tree.Try(body=body, catches=tuple(catches), last=last, at=at)

    def _catch(self, at: int) -> tree.Catch:
        self.expect("(")
        kinds = [self._kind()]
        while self.takes("|"):
            kinds.append(self._kind())
        if self.token.says(")") and len(kinds) == 1:
            name, kinds = kinds[0], []
        else:
            name = self.name("the name of the error")
        self.expect(")")
        for kind in kinds:
            self._check_kind(kind, at)
        return tree.Catch(kinds=tuple(kinds), name=name, body=self._braced(), at=at)

    def _kind(self) -> str:
        name = self.name("a kind of error, or the name of the error")
        while self.takes("."):
            name = self.name("a kind of error")
        return name

    def _check_kind(self, kind: str, at: int) -> None:
        if kind not in ERROR_KINDS:
            near = difflib.get_close_matches(kind, ERROR_KINDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "use Exception for all"
            why = f"there is no kind of error {kind!r}; {hint}"
            aviator_tokens.fail(self._text, at, why)


#: Statements that end by themselves.
_CLOSED = (
    tree.Let,
    tree.Define,
    tree.If,
    tree.For,
    tree.While,
    tree.Try,
    tree.Block,
)
_STATEMENTS: dict[str, Callable[[_Reader, int], tree.Node]] = {
    "let": _Reader._let,
    "fn": _Reader._fn,
    "if": _Reader._if,
    "for": _Reader._for,
    "while": _Reader._while,
    "return": _Reader._return,
    "throw": _Reader._throw,
    "try": _Reader._try,
    "break": _Reader._break,
    "continue": _Reader._continue,
}
