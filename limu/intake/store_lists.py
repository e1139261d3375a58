"""Which lists a department may not report under an item that several lists share: those that others keep."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.record.item import Item

LIST_NAME = "list_name"


def item_for(connection: Connection[Any], item: Item, *, department: UUID) -> Item:
    """The item as this department may file it: of the lists named in it only those that are not kept by others."""
    field = item.field(LIST_NAME)
    if field is None:
        return item
    rows = connection.execute(
        """SELECT called FROM limu.ground_kind g JOIN limu.listing_kind k ON k.code = g.code,
               unnest(g.list_names) AS word (called)
           GROUP BY called HAVING NOT bool_or(limu.keeps_list(g.code, %s))""",
        (department,),
    )
    others = {row["called"] for row in rows}
    own = replace(field, codelist=tuple(name for name in field.codelist if name not in others))
    return replace(item, fields=tuple(own if one is field else one for one in item.fields))
