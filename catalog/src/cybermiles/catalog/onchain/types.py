"""Records of the catalog and what a message must hold."""

from __future__ import annotations

from typing import Any

from cybermiles.platform import HandlerError

MAX_NAME = 64
MAX_TITLE = 120
MAX_SUMMARY = 1_000
MAX_PRICE = 10**33
LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
DIGITS = frozenset("0123456789")
CATEGORIES = (
    "auction",
    "consignment",
    "consumer-loan",
    "delivery",
    "donation",
    "employment",
    "escrow",
    "goods-sale",
    "group-buying",
    "insurance",
    "invoice-factoring",
    "loyalty",
    "pre-order",
    "real-estate-lease",
    "rental",
    "services",
    "subscription",
    "ticketing",
    "vehicle-sale",
    "warranty",
)

PUBLISH_FIELDS = {
    "name": str,
    "version": str,
    "module": bytes,
    "archive": bytes,
    "price": int,
    "title": str,
    "summary": str,
    "category": str,
    "licence": str,
}
"""Message `catalog/publish`: `module` is the compiled module, `archive` the SHA-256 of its archive, `price` attoCMT."""

BUY_FIELDS = {"name": str, "version": str, "max_price": int, "module": bytes}
"""Message `catalog/buy`: the buyer names the version and module hash that they read, and the most that they pay."""


def check_name(name: str) -> None:
    """Lower case words of letters and digits joined by hyphens. Raises HandlerError `bad-name`."""
    words = name.split("-")
    plain = all(word and set(word) <= LOWER | DIGITS for word in words)
    if len(name) > MAX_NAME or not plain or name[0] not in LOWER:
        raise HandlerError("bad-name", f"`{name[:MAX_NAME]}` is not lower case words joined by hyphens")


def version_key(version: str) -> tuple[int, int, int]:
    """Order of a semantic version without pre-release. Raises HandlerError `bad-version`."""
    parts = version.split(".")
    plain = len(parts) == 3 and all(
        part and set(part) <= DIGITS and len(part) <= 9 and (part == "0" or part[0] != "0") for part in parts
    )
    if not plain:
        raise HandlerError("bad-version", f"`{version[:40]}` is not a version like 1.0.0")
    return (int(parts[0]), int(parts[1]), int(parts[2]))


def check_listing(message: dict[str, Any]) -> None:
    """The texts and figures of a publication. Raises HandlerError."""
    check_name(message["name"])
    version_key(message["version"])
    if not 0 <= message["price"] <= MAX_PRICE:
        raise HandlerError("bad-price", "a price is zero or more attoCMT")
    if message["category"] not in CATEGORIES:
        raise HandlerError("bad-category", f"`{message['category'][:40]}` is not one of the catalog's categories")
    for field, limit in (("title", MAX_TITLE), ("summary", MAX_SUMMARY), ("licence", MAX_NAME)):
        if len(message[field]) > limit:
            raise HandlerError("bad-message", f"`{field}` has more than {limit} characters")
    if len(message["archive"]) != 32:
        raise HandlerError("bad-message", "`archive` must be a SHA-256, 32 bytes")
