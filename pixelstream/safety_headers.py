"""What every answer says, whoever makes it: a page, a file, an error, the live stream."""

from __future__ import annotations

CLOSED = (
    *("accelerometer", "camera", "clipboard-read", "display-capture"),
    *("encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection"),
    *("local-fonts", "magnetometer", "microphone", "midi", "payment"),
    *("publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial"),
    *("storage-access", "usb", "window-management", "xr-spatial-tracking"),
)
"""Powers of a browser that no page of ours asks for."""

OUR_OWN = ("autoplay", "clipboard-write", "fullscreen", "picture-in-picture")
"""Powers for our pages, and for nothing that they might show."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{power}=()" for power in CLOSED), *(f"{power}=(self)" for power in OUR_OWN)]
    ),
}
"""What an answer says unless whoever makes it says something else."""

NOT_A_PAGE = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The content security policy of what is no page: opened by itself, nothing in it can run."""
