import pytest

from tests.unit.expressions.jsonata_data import failure_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # names
        ("$o.customer.name", "Ada"),
        ("$o.lines.sku", ["a", "b", "a"]),
        ("$o.lines.notes", "x"),
        ("$o.lines.notes[0]", "x"),
        ("$o.nested", [[1, 2], [3]]),
        ("$o.nested.($)", [1, 2, 3]),
        ("$o.empty", []),
        ("$o.none", None),
        ("$o.`customer`.name", "Ada"),
        ("$o.'customer'.name", "Ada"),
        ('$o."customer".name', "Ada"),
        ("($o).customer.name", "Ada"),
        ("[$o, $o].id", [7, 7]),
        ("[[$o]].id", 7),
        ("{'and': 1}.and", 1),
        ("$o.(id + 1)", 8),
        ("$o.lines.(price * amount)", [20, 5, 3]),
        ("$o.lines.$string(price)", ["10", "5", "1"]),
        ("$o.lines.$", "LINES"),
        ("$o.lines.[sku]", [["a"], ["b"], ["a"]]),
        ("$o.lines.{'s': sku}", [{"s": "a"}, {"s": "b"}, {"s": "a"}]),
        ("($x := $o.customer; $x.name)", "Ada"),
        ("($x := {'list': $o.lines.sku}; $x.list)", ["a", "b", "a"]),
        # the array of one
        ("$o.lines[sku = 'b'].price", 5),
        ("$o.lines[sku = 'b'].price[]", [5]),
        ("$o.lines[sku = 'b'][].price", [5]),
        ("$o.id[]", [7]),
        ("$o.lines.sku[]", ["a", "b", "a"]),
        ("$o.lines[][sku = 'b'].price", [5]),
        ("($o.lines[sku = 'b'].price)[]", 5),
        ("($x := $o.id[]; $x)", [7]),
        ("($x := {'only': $o.id[]}; $x.only)", 7),
        ("[[1]].($)[]", [1]),
        ("[1, 2].[$][]", [[1], [2]]),
        ("[1][]", [1]),
        ("$map([1], $string)[]", ["1"]),
        ("$o.[id][]", [[7]]),
        # filters
        ("$o.lines[1].sku", "b"),
        ("$o.lines[-1].price", 1),
        ("$o.lines[[0, 2]].price", [10, 1]),
        ("$o.lines[[0..1]].price", [10, 5]),
        ("$o.lines.price[0]", [10, 5, 1]),
        ("($o.lines.price)[0]", 10),
        ("($o.lines.price)[1.9]", 5),
        ("$o.lines[price > 4 and amount < 2].sku", "b"),
        ("$o.lines[notes].price", 10),
        ("$o.lines[sku = 'a'][price > 4].price", 10),
        ("$o.nested[0][1]", 2),
        ("$o.nested[1]", [3]),
        ("$o.id[0]", 7),
        ("$o.customer[name = 'Ada'].name", "Ada"),
        ("[1, 2, 3][$ > 1]", [2, 3]),
        ("[1, 2, 3][$ = 9] ~> $count", 0),
        ("[[0, 1], [2]][1]", [2]),
        # wildcards
        ("$o.customer.*", ["Ada", "new", "vip"]),
        ("$o.lines[1].*", ["b", 5, 1]),
        ("$o.nested.*", [1, 2, 3]),
        ("$o.id.* ~> $count", 0),
        ("$o.flags.**[$ = true]", True),
        ("$count($o.customer.**)", 4),
        ("$o.**.name", "Ada"),
        ("$count($nobody.**)", 0),
        # order
        ("$o.lines^(price).price", [1, 5, 10]),
        ("$o.lines^(>price).price", [10, 5, 1]),
        ("$o.lines^(sku, >price).price", [10, 1, 5]),
        ("$o.lines^(<sku, price).price", [1, 10, 5]),
        ("$o.lines^(notes[0], price).price", [10, 1, 5]),
        ("$o.lines^(>notes[0]).price", [10, 5, 1]),
        ("$o.lines^(price)[0].price", 1),
        ("$o.lines.sku^($)", ["a", "a", "b"]),
        ("$o.customer^(name).name", "Ada"),
        # groups
        ("{'a': 1, 'b': $nobody}", {"a": 1}),
        ("{}", {}),
        ("{$nobody: 1}", {}),
        ("$o.lines{sku: price}", {"a": [10, 1], "b": 5}),
        ("$o.lines{sku: $sum(price)}", {"a": 11, "b": 5}),
        ("$o.lines[price > 4]{sku: price}", {"a": 10, "b": 5}),
        ("$o{'n': id}", {"n": 7}),
        ("$o.nobody{'n': 1}", {"n": 1}),
        ("$nested{'n': $}", {"n": [1, 2, 3]}),
        ("$f(){'n': $}", {"n": 5}),
    ],
)
def test_where_a_path_leads(text, value):
    lines = value_of("$o.lines")
    expected = lines if value == "LINES" else value
    text = text.replace("$f()", "($f := function() { 5 }; $f())")
    assert value_of(text, nested=[[1, 2], [3]]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "$o.nobody",
        "$o.id.deeper",
        "$o.lines.nobody",
        "$o.lines[9]",
        "$o.lines[-9]",
        "$o.lines[sku = 'z']",
        "$nobody[0]",
        "$nobody[$ = 1]",
        "$nobody.name",
        "$o.id.*",
        "$o.lines[sku = 'z'].price[]",
        "$o.nobody^(a)",
        "$o.nobody.x#$i.y",
        "**",
    ],
)
def test_a_path_that_leads_nowhere_gives_nothing(text):
    assert failure_of(text).endswith("returned nothing (undefined).")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{1: 2}", "T1003: a name in an object must be a text"),
        ("{'a': 1, 'a': 2}", "D1009: two pairs of an object give the name 'a'"),
        ("$o.lines^(notes)", "T2008"),
        ("[1, 'a']^($)", "T2007"),
    ],
)
def test_what_a_path_refuses(text, code):
    assert code in failure_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$o.lines@$l.customer.name", ["Ada", "Ada", "Ada"]),
        ("$o.lines@$l.($l.price)", [10, 5, 1]),
        ("[$o].($@$x.lines.(price + $x.id))", [17, 12, 8]),
        ("$o.lines#$i.($i)", [0, 1, 2]),
        ("$o.lines#$i[sku = 'a'].($i)", [0, 2]),
        ("$o.lines#$i[1].($i)", 1),
        ("$o.lines[sku = 'a']#$i.($i)", [0, 1]),
        ("$o.lines[sku = 'a']#$i[$i = 1].price", 1),
        ("$o.lines^(price)#$i.{'p': price, 'i': $i}[0]", {"p": 1, "i": 0}),
        ("$o.lines#$i^(price).($i)", [2, 1, 0]),
        ("$o.lines.sku.%.price", [10, 5, 1]),
        ("$o.lines[%.id = 7].price", [10, 5, 1]),
        ("$o.lines.(sku & %.id)", ["a7", "b7", "a7"]),
        ("$o.lines.sku.%.%.id", [7, 7, 7]),
        ("($o.lines)[%.id = 7].sku", ["a", "b", "a"]),
        ("$o.lines.sku^(%.price)", ["a", "b", "a"]),
        ("$o.lines@$l{$l.sku: $l.price}", {"a": [10, 1], "b": 5}),
        ("$o.lines#$i{sku: $sum($i)}", {"a": 2, "b": 1}),
        ("$o.lines#$i[]", "LINES"),
        ("$o.customer#$i.($i)", 0),
        (
            "$o.lines@$a.$o.lines@$b[$a.price > $b.price].($a.price - $b.price)",
            [5, 9, 4],
        ),
        ("$o.nobody#$i{'n': 1}", {"n": 1}),
        ("$o.lines.nobody#$i.($i) ~> $count", 0),
    ],
)
def test_a_path_that_binds_names(text, value):
    lines = value_of("$o.lines")
    expected = lines if value == "LINES" else value
    assert value_of(text) == expected
