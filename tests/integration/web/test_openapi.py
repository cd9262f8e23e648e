"""The OpenAPI against the app: whatever is asked, no answer is a failure of the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error

from autonome.web.openapi import openapi_text
from integration.web.operating import token
from integration.web.served import Client

EXAMPLES = 8
DOCUMENT = json.loads(openapi_text())
STREAM = "/api/v1/events"
"""Its answer does not end; integration/events asks it."""
OPERATIONS = [
    (method.upper(), path)
    for path, methods in sorted(DOCUMENT["paths"].items())
    if path != STREAM
    for method in methods
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_is_a_failure_of_the_server(
    small_url: str, small: Client, method: str, path: str
) -> None:
    headers = {} if method == "GET" else {"Authorization": f"Bearer {token(small_url)}"}
    schema = schemathesis.openapi.from_dict(DOCUMENT)

    @given(case=schema[path][method].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        answer = case.call(base_url=f"http://127.0.0.1:{small.port}", headers=headers)
        case.validate_response(answer, checks=[not_a_server_error])

    ask()


def test_each_operation_is_named_once_and_documents_its_errors() -> None:
    operations = [each for path in DOCUMENT["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names)
    for each in operations:
        assert each["summary"]
        assert each["description"].endswith(".")
        assert {"200", "202", "204"} & set(each["responses"])
        assert {"400", "404", "429", "503"} <= set(each["responses"])
        assert "422" not in each["responses"]
