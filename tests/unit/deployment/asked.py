"""Clients that write down what they are asked for, and how IAM sees that."""

import io
from types import SimpleNamespace

AWS = "arn:aws:{}:eu-west-1:123456789012:"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
SECRET = AWS.format("secretsmanager") + "secret:events!connection/shop/1-abc"
#: What the clients answer, where nothing will not do.
ANSWERS = {
    "get_queue_url": lambda: {"QueueUrl": QUEUE},
    "get_object": lambda: {"Body": io.BytesIO(b"[1]"), "ContentLength": 3},
    "invoke": lambda: {"StatusCode": 200, "Payload": io.BytesIO(b"{}")},
    "invoke_model": lambda: {"body": io.BytesIO(b"{}"), "contentType": "x/json"},
    "describe_connection": lambda: {"AuthorizationType": "BASIC", "SecretArn": SECRET},
    "add_job_flow_steps": lambda: {"StepIds": ["s-1"]},
    "cancel_steps": lambda: {"CancelStepsInfoList": [{"StepId": "s-1"}]},
    "list_instance_fleets": lambda: {"InstanceFleets": [{"Id": "i", "Name": "f"}]},
    "list_instance_groups": lambda: {"InstanceGroups": [{"Id": "i", "Name": "g"}]},
    "run_job_flow": lambda: {"JobFlowId": "j-1"},
    "get_secret_value": lambda: {"SecretString": '{"username":"a","password":"b"}'},
}


class Recorder:
    """Makes clients; ``asked`` are (service, operation, parameters)."""

    def __init__(self):
        self.asked = []

    def __call__(self, service):
        return Asked(service, self.asked)


class Asked:
    def __init__(self, service, asked):
        self._service, self._asked = service, asked
        self.meta = SimpleNamespace(region_name="eu-west-1")

    def __getattr__(self, operation):
        def ask(**parameters):
            self._asked.append((self._service, operation, parameters))
            answer = ANSWERS.get(operation, dict)()
            return {"ResponseMetadata": {"HTTPStatusCode": 200}, **answer}

        return ask


def of_function(given):
    name = given["FunctionName"].rpartition("function:")[2]
    version = given.get("Qualifier")
    return f"{AWS.format('lambda')}function:{name}{f':{version}' if version else ''}"


def of_queue(given):
    named = given.get("QueueUrl") or given["QueueName"]
    return AWS.format("sqs") + named.rpartition("/")[2]


def of_object(given):
    key = given.get("Key")
    return f"arn:aws:s3:::{given['Bucket']}{f'/{key}' if key else ''}"


def of_eks(given):
    place = AWS.format("eks")
    if "nodegroupName" in given or "fargateProfileName" in given:
        kind = "nodegroup" if "nodegroupName" in given else "fargateprofile"
        names = f"{given['clusterName']}/{given[f'{CASED[kind]}Name']}"
        return f"{place}{kind}/{names}/4ec1"
    return f"{place}cluster/{given.get('clusterName') or given['name']}"


CASED = {"nodegroup": "nodegroup", "fargateprofile": "fargateProfile"}


def of_emr(given):
    named = given.get("ClusterId") or given.get("JobFlowId")
    name = named or given["JobFlowIds"][0]
    return f"{AWS.format('elasticmapreduce')}cluster/{name}"


#: Service -> what a request is about, as IAM sees it.
ARNS = {
    "lambda": of_function,
    "sqs": of_queue,
    "s3": of_object,
    "sns": lambda given: given["TopicArn"],
    "secretsmanager": lambda given: given["SecretId"],
    "events": lambda given: f"{AWS.format('events')}connection/{given['Name']}/1",
    "bedrock-runtime": lambda given: (
        f"arn:aws:bedrock:eu-west-1::foundation-model/{given['modelId']}"
    ),
    "glue": lambda given: f"{AWS.format('glue')}job/{given['JobName']}",
    "batch": lambda given: AWS.format("batch") + f"job-queue/{given.get('jobQueue')}",
    "eks": of_eks,
    "emr": of_emr,
    "dynamodb": lambda given: f"{AWS.format('dynamodb')}table/{given['TableName']}",
}


#: Operations that IAM calls otherwise.
CALLED = {
    "invoke": "InvokeFunction",
    "list_objects_v2": "ListBucket",
    "head_object": "GetObject",
}
#: Services that IAM calls otherwise.
PREFIXES = {"bedrock-runtime": "bedrock", "emr": "elasticmapreduce"}
#: What is made has no name yet: IAM asks whether it may be made at all.
MADE = ("eks:CreateCluster", "elasticmapreduce:RunJobFlow")
#: Fields with a role that a request passes on.
PASSED = ("ServiceRole", "JobFlowRole", "roleArn", "nodeRole", "podExecutionRoleArn")
ROLE = "arn:aws:iam::123456789012:role/"


def on_behalf(operation, given):
    """Yield what IAM asks of who makes a request for what the service does then."""
    for name in PASSED:
        if name in given:
            role = ROLE + given[name].removeprefix(ROLE)
            yield "iam:PassRole", role
            if operation == "create_nodegroup":
                yield "iam:GetRole", role
                yield "iam:ListAttachedRolePolicies", role
                yield "ec2:DescribeSubnets", "*"


def requests(asked):
    """Yield the action and the resource of each request, as IAM sees them."""
    for service, operation, given in asked:
        words = operation.split("_")
        name = CALLED.get(operation, "".join(each.capitalize() for each in words))
        action = f"{PREFIXES.get(service, service)}:{name}"
        yield from on_behalf(operation, given)
        if operation == "put_events":
            for each in given["Entries"]:
                bus = each.get("EventBusName", "default")
                yield action, f"{AWS.format('events')}event-bus/{bus}"
        elif operation == "create_nodegroup" or operation == "create_fargate_profile":
            cluster = f"{AWS.format('eks')}cluster/{given['clusterName']}"
            yield action, cluster
        else:
            yield action, "*" if action in MADE else ARNS[service](given)
