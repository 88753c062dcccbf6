from meetings.models.agenda import AgendaItem
from meetings.models.agenda_question import AgendaQuestion, AskedFor, GuestQuestion
from meetings.models.change import Change
from meetings.models.commitment import Carried, Commitment, CommitmentEntry
from meetings.models.entry_photo import EntryPhoto
from meetings.models.files import Document, Photo
from meetings.models.finding import Finding
from meetings.models.follow_up import FollowUp
from meetings.models.following import SOURCES, TARGETS, Follow, News
from meetings.models.forum import Forum
from meetings.models.meeting import Meeting
from meetings.models.meeting_step import MeetingStep
from meetings.models.minutes import Circulation, Erratum, NoteVersion, Proposal
from meetings.models.organiser import Organiser
from meetings.models.presence import Presence
from meetings.models.registration import Registration
from meetings.models.survey import ENOUGH, Survey, SurveyAnswer, SurveyQuestion, SurveySheet

__all__ = [
    "ENOUGH",
    "SOURCES",
    "TARGETS",
    "AgendaItem",
    "AgendaQuestion",
    "AskedFor",
    "Carried",
    "Change",
    "Circulation",
    "Commitment",
    "CommitmentEntry",
    "Document",
    "EntryPhoto",
    "Erratum",
    "Finding",
    "Follow",
    "FollowUp",
    "Forum",
    "GuestQuestion",
    "Meeting",
    "MeetingStep",
    "News",
    "NoteVersion",
    "Organiser",
    "Photo",
    "Presence",
    "Proposal",
    "Registration",
    "Survey",
    "SurveyAnswer",
    "SurveyQuestion",
    "SurveySheet",
]
