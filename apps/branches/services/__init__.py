"""Every write of branches that means something to the bureau."""

from .deliveries import DeliveryFacts, StudyFacts, deliver, record_study, take_back_delivery, take_back_study
from .dissolving import dissolve, undo_dissolution
from .guards import require_kind, require_level
from .life import close_by_death
from .meetings import (
    Mark,
    MeetingFacts,
    MeetingTemplate,
    Seat,
    change_meeting,
    record_meeting,
    restore_meeting,
    seats_for,
    template_for,
    void_meeting,
)
from .memberships import appoint, dismiss, join_organisation, leave_organisation
from .organisations import add_organisation, change_organisation, give_honour, move_organisation
from .programmes import close_programme, keep_programme
from .reviews import Finding, TalkFacts, record_reviews, record_talk, take_back_talk
from .rosters import take_up_rosters

__all__ = [
    "DeliveryFacts", "Finding", "Mark", "MeetingFacts", "MeetingTemplate", "Seat", "StudyFacts", "TalkFacts",
    "add_organisation", "appoint", "change_meeting", "change_organisation", "close_by_death", "close_programme",
    "deliver", "dismiss", "dissolve", "give_honour", "join_organisation", "keep_programme", "leave_organisation",
    "move_organisation", "record_meeting", "record_reviews", "record_study", "record_talk", "require_kind",
    "require_level", "restore_meeting", "seats_for", "take_back_delivery", "take_back_study", "take_back_talk",
    "take_up_rosters", "template_for", "undo_dissolution", "void_meeting",
]  # fmt: skip
