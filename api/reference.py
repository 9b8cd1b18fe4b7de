"""The API's own description: OpenAPI with every command, and pages that work without internet."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic.json_schema import models_json_schema

from domain.catalogue import public_commands
from domain.messages import Command

ASSETS = "/docs/assets"
COMMANDS = "/v1/commands"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Only our own files, and nobody may frame the page. Swagger UI sets inline styles."""

PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Throughline 贯通 · API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{ASSETS}/swagger-ui.css">
</head>
<body>
<noscript>This page needs JavaScript; the same description is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<div id="api"></div>
<script src="{ASSETS}/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""

START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  persistAuthorization: false,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""

DESCRIPTION = """Drives customer projects from first contact to support, and shows where they stand and how they came there.

Every address under `/v1` needs the key that `starter.py up` prints (**Authorize**). A command means the same here as a line of
`starter.py do`. Every failure has one shape: `{"ok": false, "command_id": …, "error": {"type", "detail", "unmet"}}`;
`detail` says in one sentence what to do."""

EXAMPLES: dict[str, dict[str, Any]] = {
    "register": {
        "summary": "Register a customer 登记客户",
        "value": {
            "command": "RegisterCustomer",
            "command_id": "crm-4711-register",
            "actor": {"kind": "person", "id": "u17", "role": "sales"},
            "customer": "C7",
            "name": "华星机械集团",
            "industry": "machinery",
            "revenue": {"amount": "2500000000", "currency": "CNY"},
            "contact": {"name": "王工", "role": "CIO"},
            "owner": "u17",
            "owner_unit": "north",
        },
    },
    "open": {
        "summary": "Open a project for that customer 立项",
        "value": {
            "command": "OpenProject",
            "command_id": "crm-4711-open",
            "actor": {"kind": "person", "id": "u17", "role": "sales"},
            "project": "P42",
            "customer": "C7",
            "name": "ERP 一期",
            "amount": {"amount": "1200000.00", "currency": "CNY"},
            "owner": "u17",
            "owner_unit": "north",
        },
    },
    "evidence": {
        "summary": "Record evidence for a stage 记录证据",
        "value": {
            "command": "RecordEvidence",
            "command_id": "crm-4711-owner",
            "occurred_at": "2026-03-02T09:00:00+08:00",
            "actor": {"kind": "person", "id": "u17", "role": "sales"},
            "project": "P42",
            "evidence": [{"criterion": "owner", "reference": "doc-17"}],
        },
    },
}


def install(app: FastAPI) -> None:
    """Serve the pages and give the application its description."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/")
    async def front() -> RedirectResponse:
        return RedirectResponse("/docs")

    @pages.get("/docs")
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE, headers={"Content-Security-Policy": PAGE_POLICY})

    @pages.get("/docs/start.js")
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    app.include_router(pages)
    app.mount(ASSETS, StaticFiles(directory=str(files("fastapi_offline") / "static")), name="assets")

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's own guide extends it


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    commands = public_commands()
    schemas = document["components"]["schemas"]
    for name, schema in _schemas(list(commands.values())).items():
        schemas.setdefault(name, schema)
    submit = document["paths"][COMMANDS]["post"]
    submit["parameters"] = [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The command_id, if the body does not hold it: 1 to 200 printable ASCII characters. Those that begin"
            " with `throughline:` are the system's own.",
            "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
        }
    ]
    references = {name: f"#/components/schemas/{name}" for name in commands}
    submit["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "title": "Command",
                    "oneOf": [{"$ref": reference} for reference in references.values()],
                    "discriminator": {"propertyName": "command", "mapping": references},
                },
                "examples": EXAMPLES,
            }
        },
    }
    return document


def _schemas(commands: list[type[Command]]) -> dict[str, Any]:
    """The JSON Schemas of the commands and of all that they hold, as the door reads them: strictly."""
    _, document = models_json_schema(
        [(command, "validation") for command in commands], ref_template="#/components/schemas/{model}"
    )
    definitions: dict[str, Any] = document["$defs"]
    for name, schema in definitions.items():
        if schema.get("type") == "object":
            schema["additionalProperties"] = False
        if name in {command.__name__ for command in commands}:
            # The name has a default for our own code; a caller must give it.
            schema["required"] = ["command", *(field for field in schema.get("required", []) if field != "command")]
            schema["properties"]["command"].pop("default", None)
    if "ActorKind" in definitions:
        definitions["ActorKind"]["enum"] = [kind for kind in definitions["ActorKind"]["enum"] if kind != "system"]
    return definitions
