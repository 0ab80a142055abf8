"""The REST API at `/api/v1/`: what the pages show, as JSON, described by OpenAPI."""
