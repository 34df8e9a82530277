"""CloudFormation as far as a deployment asks it, with what it would answer."""

from botocore.exceptions import ClientError


def refusal(code, message, status=400):
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "Any",
    )


class Formation:
    """One stack: which statuses it goes through, and what its change set says."""

    def __init__(self, *statuses, change_set=None, events=(), is_fresh=False):
        #: Each look at the stack sees the next one; the last stays. "" is no stack.
        self.statuses = list(statuses) or [""]
        self.change_set = change_set or {"Status": "CREATE_COMPLETE", "Changes": []}
        self.events = events
        self.asked = []
        self.is_fresh = is_fresh

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)

        def ask(**request):
            self.asked.append(name)
            return getattr(self, f"_{name}", lambda **_: {})(**request)

        return ask

    def _describe_stacks(self, StackName):
        status = self.statuses[0]
        if len(self.statuses) > 1:
            self.statuses.pop(0)
        if status == "":
            raise refusal("ValidationError", f"Stack {StackName} does not exist")
        if status == "denied":
            raise refusal("AccessDenied", "no")
        output = {"OutputKey": "RestAPIId", "OutputValue": "7"}
        return {"Stacks": [{"StackStatus": status, "Outputs": [output]}]}

    def _create_change_set(self, ChangeSetType, **_):
        self.asked.append(ChangeSetType)

    def _delete_change_set(self, **_):
        if self.is_fresh:
            raise refusal("ChangeSetNotFound", "none")

    def _describe_change_set(self, **_):
        return self.change_set

    def _describe_events(self, **_):
        refused = {"LogicalResourceId": "Values", "ValidationStatusReason": "is taken"}
        return {"OperationEvents": [refused, {"LogicalResourceId": "Steps"}]}

    def _describe_stack_events(self, **_):
        return {"StackEvents": list(self.events)}
