"""The console's pages of keys."""

from django.contrib import admin
from django.urls import URLPattern, path

from console.sections import Section
from keys.admin import actions, create, deletion, find, key, keys, naming
from keys.models import Key


@admin.register(Key)
class Keys(Section):
    slug, title, icon, order = "keys", "Keys", "key", 1

    def pages(self) -> list[URLPattern]:
        one = "<str:key_id>/"
        return [
            path("", keys.KeyList.as_view(), name="keys"),
            path("find/", find.Find.as_view(), name="find_key"),
            path("create/", create.Create.as_view(), name="create_key"),
            path(one, key.KeyPage.as_view(), name="key"),
            path(one + "enable/", actions.Enable.as_view(), name="enable_key"),
            path(one + "disable/", actions.Disable.as_view(), name="disable_key"),
            path(one + "delete/", deletion.Schedule.as_view(), name="schedule_deletion"),
            path(one + "keep/", deletion.Cancel.as_view(), name="cancel_deletion"),
            path(one + "aliases/add/", naming.Add.as_view(), name="add_alias"),
            path(
                one + "aliases/<path:alias>/delete/", naming.Delete.as_view(), name="delete_alias"
            ),
        ]
