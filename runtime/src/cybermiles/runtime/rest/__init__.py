"""The node's REST API (docs/rest.md); OpenAPI at `/openapi.json`."""
