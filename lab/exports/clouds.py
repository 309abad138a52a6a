# Reads exported configurations of clouds as their own tools do: YAML, and for AWS the models of the services, which botocore
# has. One line of JSON in, {"target": …, "text": …}; one out, {"read": …} or {"error": …}.
import json
import sys

import botocore.session
import yaml
from botocore.validate import ParamValidator

OPERATIONS = {
    "aws-http-api": ("apigatewayv2", "UpdateApi"),
    "s3": ("s3", "PutBucketCors"),
    "cloudfront": ("cloudfront", "CreateResponseHeadersPolicy"),
}

session = botocore.session.get_session()
shapes = {
    target: session.get_service_model(service).operation_model(operation).input_shape
    for target, (service, operation) in OPERATIONS.items()
}


def beyond_enums(value, shape, place):
    """The values that an enumeration does not have: the validator leaves them to the service."""
    if shape.type_name == "structure":
        for key, member in value.items():
            yield from beyond_enums(member, shape.members[key], f"{place}.{key}")
    elif shape.type_name == "list":
        for member in value:
            yield from beyond_enums(member, shape.member, place)
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{place}: {value!r} is none of {shape.enum}"


def read(target, text):
    value = yaml.safe_load(text)
    if target in shapes:
        report = ParamValidator().validate(value, shapes[target])
        if report.has_errors():
            return {"error": report.generate_report()}
        wrong = list(beyond_enums(value, shapes[target], target))
        if wrong:
            return {"error": "; ".join(wrong)}
    return {"read": value}


for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = read(asked["target"], asked["text"])
    except yaml.YAMLError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))
