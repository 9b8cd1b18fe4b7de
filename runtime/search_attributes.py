"""Custom search attributes of Temporal: registered on a server that is not ours to start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from runtime.problems import RuntimeProblemError

KINDS: Mapping[str, IndexedValueType.ValueType] = {
    "Text": IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    "Double": IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
}
"""Temporal's types by the names that its command line uses."""


def kinds_of(keys: Iterable[SearchAttributeKey[Any]]) -> dict[str, str]:
    """The names and types of typed keys, as `ensure_search_attributes` and the embedded server take them."""
    names = {int(value): name for name, value in KINDS.items()}
    return {key.name: names[int(key.indexed_value_type)] for key in keys}


class SearchAttributesError(RuntimeProblemError):
    """The namespace lacks a search attribute that the workflows set, and we cannot add it."""


async def ensure_search_attributes(client: Client, wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Add to the client's namespace what it lacks of `wanted` (name → type); the names that were added.

    Raises `SearchAttributesError` when the server does not let us, has no room, or has the name with another type.
    """
    namespace = client.namespace
    try:
        request = ListSearchAttributesRequest(namespace=namespace)
        known = dict((await client.operator_service.list_search_attributes(request)).custom_attributes)
        _refuse_other_types(namespace, wanted, known)
        missing = {name: KINDS[kind] for name, kind in wanted.items() if name not in known}
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
            )
    except RPCError as error:
        if error.status == RPCStatusCode.ALREADY_EXISTS:  # another worker that starts now was faster
            return ()
        raise SearchAttributesError(_sentence(namespace, wanted, error)) from None
    return tuple(missing)


def _refuse_other_types(namespace: str, wanted: Mapping[str, str], known: Mapping[str, IndexedValueType.ValueType]) -> None:
    for name, kind in wanted.items():
        if name in known and known[name] != KINDS[kind]:
            has = next((word for word, value in KINDS.items() if value == known[name]), "another type")
            raise SearchAttributesError(
                f"Search attribute {name} of namespace {namespace} is {has} and must be {kind}: use another namespace, "
                "or remove the attribute there."
            )


def _sentence(namespace: str, wanted: Mapping[str, str], error: RPCError) -> str:
    names = ", ".join(f"{name} ({kind})" for name, kind in wanted.items())
    return (
        f"The search attributes of namespace {namespace} could not be set up ({error.message}): ask its administrator to add "
        f"those that are missing of {names}."
    )
