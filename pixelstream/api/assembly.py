"""What an API is made of: one reader of bodies, and one answer to all errors."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from pixelstream.api.errors import ApiError
from pixelstream.api.parsing import StrictParser
from pixelstream.api.refusals import LONGEST_NAME, answer_to
from pixelstream.api.security import Token


class _Document(OpenAPISchema):
    """The OpenAPI document; of an operation it also says which scope it needs."""

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        """The token, and the scope."""
        needed = super().operation_security(operation)
        for auth, scheme in zip(operation.auth_callbacks, needed or [], strict=True):
            if isinstance(auth, Token):
                scheme.update({name: [auth.scope.value] for name in scheme})
        return needed


class _Site(NinjaAPI):
    """Which error is which stands in `refusals`, for all parts of the way of a request."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """What the API offers."""
        prefix = where.get("path_prefix") or self.get_root_path(where.get("path_params") or {})
        return _Document(self, prefix)

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """The envelope of what went wrong."""
        return answer_to(exc, request)


def put_together(routers: Iterable[tuple[str, Router]], *, namespace: str) -> NinjaAPI:
    """An API of these parts."""
    whole = _Site(
        title="Pixelstream",
        version="1",
        urls_namespace=namespace,
        # The schema and the page about it: pixelstream.api.views.
        openapi_url=None,
        docs_url=None,
        parser=StrictParser(),
    )
    for prefix, router in routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                operation.by_alias = True  # the document names fields as answers do
                operation.view_func = _of_known_names(operation)
        whole.add_router(prefix, router)
    return whole


def _of_known_names(operation: Operation) -> Callable[..., HttpResponseBase]:
    """What the operation does, unless the address has a parameter that it does not know: a wish
    that is misspelt must not be taken for none. Runs after the token and the arguments were looked
    at, and before an `Idempotency-Key` is used.
    """
    does = operation.view_func
    known: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            known.update(getattr(model, "__ninja_flatten_map__", {}))

    @functools.wraps(does)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for name in request.GET:
            if name not in known:
                raise ApiError(
                    422, "VALIDATION", f"{name[:LONGEST_NAME]}: There is no such parameter here"
                )
        response: HttpResponseBase = does(request, *args, **kwargs)
        return response

    return run
