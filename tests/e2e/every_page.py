"""Every page there is, so that none can be forgotten: the routes of the site, each with something
that it can be of. Runs in a process that has the application loaded (`Ready.every_page`).
"""

from __future__ import annotations

from pixelstream.accounts.models import User
from tests.pixelstream import access_world as world
from tests.pixelstream.page_words import admin_paths
from tests.pixelstream.test_access_matrix import LINES, SHARED

NO_PAGES = {
    # Works until the file is fetched by who makes a clip.
    "job-input",
    # Signs out whoever looks, or leads on at once.
    "account_logout",
    "live",
}


def of_person(email: str) -> dict[str, str]:
    """The address of every route that answers to looking, of something of this person's."""
    owner = User.objects.get(email=email)
    User.objects.filter(handle__isnull=False).update(handle=None)  # everybody's would be the same
    found = {}
    for line in LINES:
        if line.method == "GET" and line.route not in NO_PAGES:
            found[line.route] = world.path_of(line.route, world.make(line.of, owner))
    token = world.make_shared(owner, "public")
    for shared in SHARED:
        if shared.route != "gallery:oembed":
            args: list[object] = [token, 1] if shared.route.endswith("download") else [token]
            found[shared.route] = world.path_of(shared.route, args)
    gone = {"not-found": "/posts/999999999/", "share-gone": f"/p/{world.UNKNOWN_TOKEN}/"}
    return found | gone


def of_admin(email: str) -> dict[str, str]:
    """Every page of the admin. The person becomes staff, and has one of everything."""
    of_person(email)
    User.objects.filter(email=email).update(is_staff=True, is_superuser=True)
    return {path: path for path in admin_paths()}
