"""Messages of the catalog. Each refuses with HandlerError, which reverts the whole transaction."""

from __future__ import annotations

from typing import Any

from cybermiles.catalog.onchain import keeper, types
from cybermiles.chain.messages import read_message
from cybermiles.platform import Context, HandlerError

PUBLISH_GAS = 50_000
BUY_GAS = 30_000


def publish(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """Puts a new version on sale. The first version makes its sender the owner of the name.

    Returns the module's hash. Refusals: `bad-message`, `bad-name`, `bad-version`, `bad-price`, `bad-category`,
    `not-owner`, `version-exists`, `version-order`, `module-taken`.
    """
    context.charge(PUBLISH_GAS)
    message = read_message(data, types.PUBLISH_FIELDS)
    types.check_listing(message)
    name, version = message["name"], message["version"]
    template = keeper.read(context, keeper.template_key(name))
    if template is not None and template["owner"] != sender:
        raise HandlerError("not-owner", f"the name `{name}` belongs to another seller")
    if keeper.read(context, keeper.version_key(name, version)) is not None:
        raise HandlerError("version-exists", f"version {version} of `{name}` is published; versions never change")
    if template is not None and types.version_key(version) < types.version_key(template["newest"]):
        raise HandlerError("version-order", f"the newest version of `{name}` is {template['newest']}")
    module = context.deploy(message["module"])
    taken = context.module_template(module)
    if taken is not None and taken != name:
        raise HandlerError("module-taken", f"this very module is sold as `{taken}`")
    if message["price"] > 0:
        context.protect_module(module, name)
    keeper.write(
        context,
        keeper.version_key(name, version),
        {
            "name": name,
            "version": version,
            "module": module,
            "archive": message["archive"],
            "price": message["price"],
            "height": context.height,
        },
    )
    texts = {field: message[field] for field in ("title", "summary", "category", "licence")}
    keeper.write(context, keeper.template_key(name), {"name": name, "owner": sender, "newest": version, **texts})
    context.emit("published", {"name": name, "version": version, "module": module, "price": message["price"]})
    return {"module": module}


def buy(context: Context, sender: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """Pays the seller and grants the buyer a licence, in one transaction.

    Refusals: `bad-message`, `unknown-template`, `unknown-version`, `wrong-module`, `price-changed`, `already-licensed`,
    `insufficient-funds`.
    """
    context.charge(BUY_GAS)
    message = read_message(data, types.BUY_FIELDS)
    name, version = message["name"], message["version"]
    template = keeper.read(context, keeper.template_key(name))
    if template is None:
        raise HandlerError("unknown-template", f"the catalog has no template `{name[: types.MAX_NAME]}`")
    offer = keeper.read(context, keeper.version_key(name, version))
    if offer is None:
        raise HandlerError("unknown-version", f"`{name}` has no version `{version[:40]}`")
    if offer["module"] != message["module"]:
        raise HandlerError("wrong-module", f"version {version} of `{name}` has another module than the buyer expects")
    if offer["price"] > message["max_price"]:
        raise HandlerError("price-changed", f"the price is {offer['price']} attoCMT, more than the buyer accepts")
    if context.licence(name, sender) is not None:
        raise HandlerError("already-licensed", f"the buyer holds a licence of `{name}` already")
    context.transfer(sender, template["owner"], offer["price"])
    context.grant_licence(name, sender, {"version": version, "price": offer["price"], "height": context.height})
    sales = keeper.read(context, keeper.sales_key(name)) or {"count": 0, "revenue": 0}
    keeper.write(
        context,
        keeper.sales_key(name),
        {"count": sales["count"] + 1, "revenue": sales["revenue"] + offer["price"]},
    )
    context.emit("bought", {"name": name, "version": version, "buyer": sender, "price": offer["price"]})
    return {"template": name, "version": version}
