from chalicelib.model import workflow as model


def a_state(name, *following, work=None):
    return model.State(name=name, work=work or model.Pass(), next=following)


def a_scope(id_, *states):
    return model.Scope(
        id=id_, start=(states[0].name,), states={each.name: each for each in states}
    )


def test_the_sources_of_a_state_are_the_states_with_an_edge_to_it():
    scope = a_scope("0", a_state("a", "b", "c"), a_state("b", "c"), a_state("c"))

    assert scope.sources == {"a": (), "b": ("a",), "c": ("a", "b")}


def test_a_workflow_knows_every_scope_outermost_first():
    left, right = a_scope("0/p/0", a_state("x")), a_scope("0/p/1", a_state("y"))
    branches = (model.Branch(scope=left), model.Branch(scope=right))
    parallel = a_state("p", work=model.Parallel(branches=branches))
    body = a_scope("0/m", parallel)
    top = a_scope("0", a_state("m", work=model.Map(scope=body)))

    workflow = model.Workflow(name="w", format="asl", scope=top)

    assert list(workflow.scopes) == ["0", "0/m", "0/p/0", "0/p/1"]


def test_a_scope_is_pure_when_nothing_in_it_or_below_waits_for_the_world():
    wait = a_scope("0/m", a_state("w", work=model.Wait()))
    pure, waits = a_scope("0", a_state("a")), a_state("m", work=model.Map(scope=wait))
    retried = model.State(
        name="r", work=model.Pass(), retry=(model.Retrier(errors=()),)
    )

    assert pure.is_pure
    assert not a_scope("0", waits).is_pure
    assert not a_scope("0", retried).is_pure


def test_a_state_without_scopes_inside_has_no_children():
    assert model.child_scopes(a_state("a")) == ()


def test_an_edge_to_a_state_that_is_not_there_is_still_an_edge():
    assert a_scope("0", a_state("a", "gone")).sources == {"a": (), "gone": ("a",)}


def test_what_follows_from_the_states_does_not_make_two_scopes_differ():
    assert a_scope("0", a_state("a")) == a_scope("0", a_state("a"))
    assert "sources" not in repr(a_scope("0", a_state("a")))
