"""Snapshots over HTTP: the signed manifest, its files, and the key by which anybody verifies."""

import base64

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare

from limu.feed import actions_snapshot as actions
from limu.feed import store_serve
from limu.feed.api import gone, held
from limu.feed.rules_holder import Holder
from limu.wire.database import Connection
from limu.wire.home import find_home
from limu.wire.signing import public_key

TYPES = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


@held("GET")
def manifest(request: HttpRequest, connection: Connection, holder: Holder) -> HttpResponse:
    """The newest snapshot of the holder's scope; 202 while one is being made."""
    del request
    found = actions.current(connection, find_home(), holder)
    if found is not None:
        return JsonResponse(actions.told(find_home(), found), json_dumps_params={"ensure_ascii": False})
    actions.order(connection, holder)
    response = JsonResponse({"state": "making"}, status=202)
    response["Retry-After"] = "2"
    return response


def file(request: HttpRequest, snapshot: str, name: str) -> HttpResponse:
    """A file of the snapshot that may be given now; a withdrawn one is gone."""

    @held("GET")
    def given(request: HttpRequest, connection: Connection, holder: Holder) -> HttpResponse:
        found = actions.current(connection, find_home(), holder)
        if found is None or not constant_time_compare(str(found.id), str(snapshot)):
            return gone(request, is_snapshot=True)
        path = actions.path_of(find_home(), found, name)
        if path is None:
            return gone(request, is_snapshot=True)
        store_serve.insert_delivery(connection, holder.id, after=0, last=max(found.timepoint, 1))
        kind = TYPES[path.suffix.removeprefix(".")]
        return FileResponse(path.open("rb"), content_type=kind, as_attachment=True, filename=name)  # type: ignore[return-value]

    return given(request)


def key(request: HttpRequest) -> HttpResponse:
    """The public key under which snapshots are signed."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    raw = public_key(find_home(), actions.USE)
    return JsonResponse({"algorithm": "Ed25519", "key": base64.b64encode(raw).decode()})
