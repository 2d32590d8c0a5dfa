"""What the engine's tricks stand in for, written as Django would have it."""

from django.apps import AppConfig
from django.conf import settings


class DjangoWay(AppConfig):
    name = "bench.django_way"
    label = "bench_django_way"

    def ready(self):
        from common.engine import guarded
        from common.engine.prepared import prepared

        if "prepared" in settings.WITHOUT:
            prepared.__call__ = lambda self, *args: list(self.build(*args))
        if "guarded" in settings.WITHOUT:
            guarded.upsert = upsert


def upsert(rows, *, guard, key, replacing, adding=()):
    """`common.engine.guarded.upsert` by a lock, a read and a write, in a transaction."""
    from django.db import transaction

    model = type(rows[0])
    names = [model._meta.get_field(name).attname for name in key]

    def key_of(row):
        return tuple(getattr(row, name) for name in names)

    with transaction.atomic():
        held = guard.model.objects.select_for_update().filter(pk=guard.pk)
        if not held.filter(**{guard.field: guard.value}).values_list("pk").order_by():
            return 0
        wanted = {f"{name}__in": {getattr(row, name) for row in rows} for name in names}
        before = {key_of(row): row for row in model.objects.filter(**wanted)}
        for row in rows:
            if old := before.get(key_of(row)):
                for name in adding:
                    setattr(row, name, getattr(old, name) + getattr(row, name))
        model.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=key,
            update_fields=[*replacing, *adding],
        )
    return len(rows)
