import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import compile_definition

WORK = "type: task, name: a, resourceArn: 'acs:fc:::services/s/functions/f'"

STEPS = [
    # -- mappings --
    (
        "{type: pass, name: a, inputMappings: {a: 1}}",
        (4, 40),
        "/steps/0/inputMappings",
        "must be an array, not an object",
    ),
    (
        "{type: pass, name: a, inputMappings: [5]}",
        (4, 41),
        "/steps/0/inputMappings/0",
        "must be an object, not 5",
    ),
    (
        "{type: pass, name: a, inputMappings: [{target: b}]}",
        (4, 41),
        "/steps/0/inputMappings/0",
        "'source' is missing in a mapping; add it: a path or a constant",
    ),
    (
        "{type: pass, name: a, inputMappings: [{source: 1}]}",
        (4, 41),
        "/steps/0/inputMappings/0",
        "'target' is missing in a mapping",
    ),
    (
        "{type: pass, name: a, outputMappings: [{target: b, source: 1}, "
        "{target: b, source: 2}]}",
        (4, 75),
        "/steps/0/outputMappings/1/target",
        "a mapping to 'b' stands above; remove one of them",
    ),
    (
        "{type: pass, name: a, inputMappings: [{target: b, source: $.x}]}",
        (4, 61),
        "/steps/0/inputMappings/0/source",
        "in mappings a path begins with $input, $local or $context",
    ),
    (
        "{type: pass, name: a, inputMappings: [{target: b, source: $inptu.x}]}",
        (4, 61),
        "/steps/0/inputMappings/0/source",
        "nothing is called '$inptu' here; did you mean '$input'?",
    ),
    (
        "{type: pass, name: a, inputMappings: [{target: b, source: '$input.x['}]}",
        (4, 61),
        "/steps/0/inputMappings/0/source",
        "is not a path",
    ),
    (
        "{type: pass, name: a, inputMappings: [{target: b, source: $input.length()}]}",
        (4, 61),
        "/steps/0/inputMappings/0/source",
        "remove length()",
    ),
    (
        "{type: pass, name: a, inputMappings: [{target: b, source: $context.flwo.id}]}",
        (4, 61),
        "/steps/0/inputMappings/0/source",
        "$context.flwo.id leads nowhere: did you mean 'flow'?",
    ),
    (
        "{type: pass, name: a, inputMappings: [{target: b, source: $context.step.x}]}",
        (4, 61),
        "/steps/0/inputMappings/0/source",
        "known are eventId, name",
    ),
    (
        "{type: pass, name: a, inputMappings: [{target: b, source: '$context[0]'}]}",
        (4, 61),
        "/steps/0/inputMappings/0/source",
        "known are execution, flow, step, task",
    ),
    (
        "{type: pass, name: a, inputMappings: "
        "[{target: b, source: $context.task.token}]}",
        (4, 61),
        "/steps/0/inputMappings/0/source",
        "a task with 'pattern: waitForCallback'; add that pattern",
    ),
    # -- tasks --
    (
        "{type: task, name: a}",
        (4, 3),
        "/steps/0",
        "either 'resourceArn' or 'action'; add one",
    ),
    (
        f"{{{WORK}, action: 'fnf:StartExecution'}}",
        (4, 3),
        "/steps/0",
        "either 'resourceArn' or 'action'; remove one",
    ),
    (
        "{type: task, name: a, resourceArn: 'acs:oss:::bucket'}",
        (4, 38),
        "/steps/0/resourceArn",
        "this names nothing that a task can call; write acs:fc:::services/shop",
    ),
    (
        "{type: task, name: a, resourceArn: 5}",
        (4, 38),
        "/steps/0/resourceArn",
        "must be a text that is not empty, not 5",
    ),
    (
        "{type: task, name: a, action: StartExecution}",
        (4, 33),
        "/steps/0/action",
        "must be of the form product:Action",
    ),
    (
        "{type: task, name: a, action: 'fnf:StartExcution'}",
        (4, 33),
        "/steps/0/action",
        "here; did you mean 'fnf:StartExecution'?",
    ),
    (
        "{type: task, name: a, action: 'fnf:StartExecution'}",
        (4, 3),
        "/steps/0",
        "'serviceParams' is missing; add it with FlowName",
    ),
    (
        "{type: task, name: a, action: 'fnf:StartExecution', serviceParams: {}}",
        (4, 70),
        "/steps/0/serviceParams",
        "'FlowName' is missing in the serviceParams of fnf:StartExecution",
    ),
    (
        "{type: task, name: a, resourceArn: 'acs:fnf:::flow/f', "
        "serviceParams: {Inptu: $}}",
        (4, 74),
        "/steps/0/serviceParams/Inptu",
        "did you mean 'Input'?",
    ),
    (
        "{type: task, name: a, resourceArn: 'acs:fnf:::flow/f', "
        "serviceParams: {Input: {a: [$input.b]}}}",
        (4, 86),
        "/steps/0/serviceParams/Input/a/0",
        "map what is to be read in inputMappings",
    ),
    (
        f"{{{WORK}, pattern: wait}}",
        (4, 82),
        "/steps/0/pattern",
        "there is no pattern 'wait' here; known are requestResponse, sync",
    ),
    (
        f"{{{WORK}, pattern: 5}}",
        (4, 82),
        "/steps/0/pattern",
        "must be a text that is not empty",
    ),
    (
        f"{{{WORK}, pattern: sync}}",
        (4, 82),
        "/steps/0/pattern",
        "a function has no pattern sync; it has requestResponse, waitForCallback",
    ),
    (
        f"{{{WORK}, timeoutSeconds: 0}}",
        (4, 89),
        "/steps/0/timeoutSeconds",
        "must be whole seconds, at least 1, or a path such as $.patience, not 0",
    ),
    (
        f"{{{WORK}, retry: [{{errors: []}}]}}",
        (4, 90),
        "/steps/0/retry/0/errors",
        "must have at least 1 element",
    ),
    (
        f"{{{WORK}, retry: [{{errors: [E], intervalSeconds: 86401}}]}}",
        (4, 112),
        "/steps/0/retry/0/intervalSeconds",
        "at most 86400, not 86401",
    ),
    (
        f"{{{WORK}, retry: [{{errors: [E], maxAttemps: 3}}]}}",
        (4, 95),
        "/steps/0/retry/0/maxAttemps",
        "did you mean 'maxAttempts'?",
    ),
    (
        f"{{{WORK}, catch: [{{errors: [E]}}]}}",
        (4, 81),
        "/steps/0/catch/0",
        "'goto' is missing in one of the catches",
    ),
    (
        f"{{{WORK}, catch: [{{errors: [E], goto: b}}]}}",
        (4, 101),
        "/steps/0/catch/0/goto",
        "there is no step 'b' here; known are a",
    ),
    (
        f"{{{WORK}, errorMappings: [{{target: a, source: $input.b}}]}}",
        (4, 109),
        "/steps/0/errorMappings/0/source",
        "errorMappings read $local.error and $local.cause",
    ),
]


@pytest.mark.parametrize(
    ("step", "place", "path", "message"),
    [pytest.param(*each, id=f"{each[2]} {each[3][:40]}") for each in STEPS],
)
def test_problem_of_a_task_or_a_mapping_has_its_place(step, place, path, message):
    with pytest.raises(DefinitionRefused) as refused:
        compile_definition(f"version: v1\ntype: flow\nsteps:\n- {step}\n", name="f")
    (found,) = refused.value.problems

    assert (found.line, found.column, found.path) == (*place, path), found
    assert message in found.message
