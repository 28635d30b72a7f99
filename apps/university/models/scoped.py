"""Which rows of the university a member of staff may see: those of schools on units of his role."""

from django.db import models

from apps.accounts.access import unit_ids_for

VIEW = "university.view_school"


class OfUnits(models.QuerySet):
    """`unit_path` of the class names the way to the unit of the school."""

    unit_path = "unit"

    def visible_to(self, user, permission: str = VIEW):
        """Rows of schools within the units on which a role with `permission` was granted; none for strangers."""
        ids = unit_ids_for(user, permission) if getattr(user, "is_authenticated", False) else None
        return self.filter(**{f"{self.unit_path}__in": sorted(ids)}) if ids else self.none()

    def current(self):
        """Not voided."""
        return self.filter(voided_at__isnull=True)


class OfSchools(OfUnits):
    """Rows with a key to a school."""

    unit_path = "school__unit"


class OfCampuses(OfUnits):
    """Rows with a key to a campus."""

    unit_path = "campus__school__unit"


class OfClasses(OfUnits):
    """Rows with a key to a class group."""

    unit_path = "class_group__school__unit"


class OfRooms(OfUnits):
    """Rows with a key to a room."""

    unit_path = "room__campus__school__unit"


class OfPartners(OfUnits):
    """Rows with a key to a partner."""

    unit_path = "partner__school__unit"


class OfDepartments(OfUnits):
    """Rows with a key to a department."""

    unit_path = "department__school__unit"


class OfTeachers(OfUnits):
    """Rows with a key to a teacher."""

    unit_path = "teacher__school__unit"
