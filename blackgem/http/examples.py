"""Examples of what may be sent and of what is answered.

A body's is made of examples of its fields. An answer's was given: the figures in it add up, as the site's do.
tests/integration/api/test_every_answer.py writes them down, and holds that there is one for every answer.
"""

import json
from pathlib import Path

#: "operationId status" → an answer.
ANSWERS_FILE = Path(__file__).with_name("answers.json")

#: Text fields, by name; amounts, days, rates and ids have examples with their types.
_WORDS = {
    "name": "ABC Manufacturing",
    "legalName": "ABC Capital Fund I, L.P.",
    "currency": "USD",
    "purpose": "Acquisition of ABC Manufacturing",
    "purposeDetail": "Equity of the platform acquisition, and the costs of closing it.",
    "reason": "The wire bounced.",
    "paymentMethod": "wire",
    "method": "wire",
    "paymentRef": "FED-20260215-0042",
    "reference": "FED-20260215-0042",
    "txRef": "FED-20260215-0042",
    "source": "Sale of ABC Manufacturing",
    "payer": "First Investor, L.P.",
    "country": "US",
    "dueDate": "2026-03-01",
    "endDate": "2026-03-31",
}
#: What a name is the name of.
_NAMES = {
    "NewFund": "ABC Capital Fund I",
    "FundChange": "ABC Capital Fund I",
    "NewInvestor": "First Investor, L.P.",
    "InvestorChange": "First Investor, L.P.",
    "NewContact": "Jane Partner",
}


def add_examples(schemas: dict) -> None:
    """Give each body of `schemas` an example, unless it has its own: what it requires, or else its first field."""
    bodies = {name: one for name, one in schemas.items() if one.get("additionalProperties") is False}
    for of, schema in bodies.items():
        words = {**_WORDS, "name": _NAMES.get(of, _WORDS["name"])}
        for name, field in schema.get("properties", {}).items():
            if name in words:
                field["examples"] = [words[name]]
    for schema in bodies.values():
        schema.setdefault("examples", [_object(schemas, schema)])


def add_answer_examples(paths: dict) -> None:
    """Give each answer its example, where one was written down."""
    given = json.loads(ANSWERS_FILE.read_text())
    for operations in paths.values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                name = f"{operation['operationId']} {status}"
                if name in given:
                    answer["content"]["application/json"]["example"] = given[name]


def _object(schemas: dict, schema: dict) -> dict:
    fields = schema.get("properties", {})
    shown = schema.get("required") or list(fields)[:1]
    return {name: _value(schemas, fields[name]) for name in shown}


def _value(schemas: dict, field: dict) -> object:
    if "$ref" in field:
        return _value(schemas, schemas[field["$ref"].rpartition("/")[2]])
    for keyword in ("examples", "enum"):
        if keyword in field:
            return field[keyword][0]
    for keyword in ("anyOf", "allOf"):
        if keyword in field:
            return _value(schemas, field[keyword][0])
    if field.get("type") == "array":
        return [_value(schemas, field["items"])]
    if "properties" in field:
        return _object(schemas, field)
    return field.get("default", field.get("minimum", "Text"))
