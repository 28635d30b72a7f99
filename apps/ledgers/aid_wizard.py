"""申请困难帮扶, one question a screen: for the retiree or his family at `/me/`, for the secretary at the desk.

What is typed is kept with each screen (`services.aid_drafts`); nothing is an application before the last 确定. The
pages around it belong to whoever shows them (`Place`).
"""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from apps.common.errors import BusinessError
from apps.ledgers.choices.aid import AidApplicant, AidHelp, AidKind, AidState
from apps.ledgers.forms.aid import AidForm, FileForm, facts_from, initial_of
from apps.ledgers.models import AidApplication, FundYear
from apps.ledgers.queries.aid import days_of, fund_for, rules_for, situation_choices, situation_words
from apps.ledgers.rules.aid import AidRules, amount_refusal
from apps.ledgers.services import aid, aid_drafts
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

REVIEW, FILES = "review", "files"
KEY, ROW, SEEN = "key", "row", "seen"


@dataclass(frozen=True)
class Question:
    key: str
    title: str
    fields: tuple[str, ...]
    lead: str = ""


QUESTIONS = (
    Question("applicant", "谁来申请？", ("applicant", "applicant_name", "applicant_relation")),
    Question("kind", "哪方面有困难？", ("kind",)),
    Question("situations", "是哪种情形？", ("situations",)),
    Question("help", "希望怎样帮？", ("help",)),
    Question("household", "家里有几口人？", ("household",)),
    Question("money", "每月进多少、出多少？", ("income", "expense"), "约数就行，说不准可以不填，工作人员会来问。"),
    Question("medical", "自费的医药费有多少？", ("medical",), "报销以后自己掏的。"),
    Question("housing", "住房怎么样？", ("housing",)),
    Question("statement", "家里有什么难处？", ("statement",)),
    Question("requested", "希望帮多少钱？", ("requested",)),
    Question("kin", "有没有亲属在老干部局？", ("kin_at_bureau",), "有的话，审批时他要回避。"),
    Question(FILES, "拍几张证明材料", (), "收入证明、病历、票据都行，拍清楚就可以。没有也能先报，工作人员上门时再补。"),
)


@dataclass
class Wizard:
    """One person's application as one account fills it in."""

    user: object
    cadre: Cadre
    via: str
    today: dt.date
    asks_applicant: bool = False
    on_behalf_of: int | None = None
    fund: FundYear | None = field(init=False)
    rules: AidRules | None = field(init=False)

    def __post_init__(self):
        self.fund = fund_for(self.cadre, self.today.year)
        self.rules = rules_for(self.fund, self.today) if self.fund else None
        self.draft = aid_drafts.draft_of(self.user, self.cadre)
        self.values = aid_drafts.values_of(self.draft)

    @property
    def living(self) -> bool:
        return self.cadre.person.life_status != LifeStatus.DECEASED

    def closed_because(self) -> str:
        """Why nothing can be applied for now; empty where it can. One to be completed is always open."""
        if self.values.get(ROW):
            return ""
        if self.fund is None or self.rules is None:
            return "今年的困难帮扶还没有开始。遇到急难的，请打电话。"
        first, last = days_of(self.fund, self.today)
        if not first <= self.today <= last:
            days = f"{first.month}月{first.day}日到{last.month}月{last.day}日"
            return f"今年的申请时间是{days}。遇到急难的，请打电话，由工作人员先登记。"
        standing = AidApplication.objects.standing().filter(cadre=self.cadre, year=self.fund.year)
        standing = standing.filter(for_survivors=not self.living)
        if standing.exclude(state__in=(AidState.REFUSED, AidState.WITHDRAWN)).exists():
            return "今年已经有一份申请，每人每年只能帮扶一次。"
        return ""

    def questions(self) -> list[Question]:
        """Those to be asked, in order: no sum of money where none is wished for."""
        skipped = set() if self.asks_applicant else {"applicant"}
        if self.values.get("help", AidHelp.CASH) != AidHelp.CASH:
            skipped.add("requested")
        return [question for question in QUESTIONS if question.key not in skipped]

    def question(self, key: str) -> Question:
        found = next((one for one in self.questions() if one.key == key), None)
        if found is None:
            raise Http404
        return found

    def after(self, question: Question) -> str:
        keys = [one.key for one in self.questions()] + [REVIEW]
        return keys[keys.index(question.key) + 1]

    def before(self, question: Question) -> str:
        keys = [one.key for one in self.questions()]
        place = keys.index(question.key)
        return keys[place - 1] if place else ""

    def form(self, question: Question, data=None) -> AidForm:
        assert self.rules is not None
        form = AidForm(
            data, situations=situation_choices(self.rules, living=self.living), living=self.living,
            only=question.fields,
            initial=self.values,
        )  # fmt: skip
        if "requested" in form.fields:
            form.fields["requested"].required = True
            limits = self.rules.limits(self.values.get("situations", ()))
            if limits:
                form.fields["requested"].help_text = f"按您选的情形，{limits[0]:f} 到 {limits[1]:f} 元"
        return form

    def stands(self, form: AidForm) -> bool:
        """Whether a sum of money is within the limits; said at its own screen."""
        if "requested" not in form.fields or self.rules is None:
            return True
        said = self.values
        wanted = form.cleaned_data["requested"]
        sentence = amount_refusal(wanted, AidHelp.CASH, said.get("situations", ()), self.rules)
        if sentence and said.get("situations"):
            form.add_error("requested", sentence)
        return not form.errors

    def keep(self, values: dict) -> None:
        values = {**values, KEY: self.values.get(KEY) or str(uuid.uuid4())}
        self.draft = aid_drafts.keep(self.user, self.cadre, values)
        self.values = aid_drafts.values_of(self.draft)

    def begin_from(self, row: AidApplication) -> None:
        """Go on with one that was returned."""
        said = {name: value for name, value in initial_of(row).items() if value not in (None, "")}
        self.keep({**said, ROW: str(row.public_id), SEEN: row.version, KEY: str(row.public_id)})

    def missing(self) -> list[Question]:
        """Questions that must be answered and are not."""
        needed = {"kind", "situations", "statement", "requested"}
        return [one for one in self.questions() if one.key in needed and not self.values.get(one.fields[0])]

    def files(self):
        return aid_drafts.files_of(self.draft)

    def answers(self) -> list[tuple[Question, str]]:
        """Each question with its answer in words, for the last look."""
        return [(one, self._words(one)) for one in self.questions()]

    def _words(self, question: Question) -> str:
        values = self.values
        if question.key == FILES:
            count = self.files().count()
            return f"{count} 份" if count else "没有附，上门时再补"
        if question.key == "situations":
            return "；".join(situation_words(values.get("situations", ())))
        names = {"kind": AidKind, "help": AidHelp, "applicant": AidApplicant}
        said = []
        for name in question.fields:
            value = values.get(name, "")
            if name in names and value in names[name].values:
                value = names[name](value).label
            unit = " 元" if name in ("income", "expense", "medical", "requested") and value else ""
            prefix = {"income": "收入 ", "expense": "支出 "}.get(name, "") if value else ""
            said.append(f"{prefix}{value}{unit}")
        return "　".join(filter(None, said)) or "没有填"

    def send(self, key: uuid.UUID) -> AidApplication:
        """Make it an application, or hand in again what was returned; the draft is gone afterwards."""
        values = dict(self.values)
        if values.get("requested"):
            values["requested"] = Decimal(values["requested"])
        facts = facts_from(values)
        files = list(self.files())
        if values.get(ROW):
            row = AidApplication.objects.standing().filter(public_id=values[ROW], cadre=self.cadre).first()
            if row is None:
                raise BusinessError("这份申请已经不在了，请重新填。", code="gone")
            row = aid.change(row, facts, actor=self.user, on=self.today, seen=int(values[SEEN]), via=self.via)
        else:
            row = aid.apply(
                facts, cadre=self.cadre, actor=self.user, on=self.today, form_key=key, via=self.via,
                on_behalf_of=self.on_behalf_of,
            )  # fmt: skip
        aid.adopt_evidence(row, files, actor=self.user)
        aid_drafts.drop(self.user, self.cadre, files=False)
        return row


@dataclass(frozen=True)
class Place:
    """Where the questions stand: `url(step)`, the page to return to, and how a page is shown there."""

    url: Callable[[str], str]
    home: str
    show: Callable[[str, dict, int], HttpResponse]


def ask(request, wizard: Wizard, step: str, place: Place):
    """The page of one step; a POST keeps what was typed and goes on."""
    known = _sent(request, wizard)
    if known is not None:
        return redirect(place.home)
    if sentence := wizard.closed_because():
        messages.info(request, sentence)
        return redirect(place.home)
    if step == REVIEW:
        return _review(request, wizard, place)
    question = wizard.question(step)
    if step == FILES:
        return _files(request, wizard, question, place)
    form = wizard.form(question, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and wizard.stands(form):
        wizard.keep({name: form.cleaned_data[name] for name in question.fields})
        return redirect(place.url(REVIEW if "back_to_review" in request.GET else wizard.after(question)))
    return place.show("question", _frame(wizard, question, place, form), 422 if form.errors else 200)


def _frame(wizard: Wizard, question: Question, place: Place, form) -> dict:
    keys = [one.key for one in wizard.questions()]
    before = wizard.before(question)
    return {
        "question": question, "form": form, "number": keys.index(question.key) + 1, "total": len(keys) + 1,
        "back": place.url(before) if before else place.home, "files": wizard.files() if question.key == FILES else (),
        "next": place.url(REVIEW), "cadre": wizard.cadre,
    }  # fmt: skip


def _files(request, wizard: Wizard, question: Question, place: Place):
    """Photos one after the other; each is kept at once."""
    if request.method == "POST" and request.POST.get("remove"):
        aid_drafts.remove_file(wizard.user, wizard.cadre, request.POST["remove"])
        messages.success(request, "已删去。")
        return redirect(place.url(FILES))
    form = FileForm(request.POST or None, request.FILES or None)
    del form.fields["kind"]
    if request.method == "POST" and form.is_valid():
        try:
            aid_drafts.add_file(wizard.user, wizard.cadre, form.cleaned_data["file"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "加上了。还有就接着加，没有就点“下一步”。")
            return redirect(place.url(FILES))
    return place.show("files", _frame(wizard, question, place, form), 422 if form.errors else 200)


def _sent(request, wizard: Wizard) -> AidApplication | None:
    """The application that this very form made already: sent twice, the second finds it done."""
    key = _uuid(request.POST.get(KEY, "")) if request.method == "POST" else None
    if key is None or wizard.values.get(ROW):
        return None
    return AidApplication.objects.filter(public_id=key, cadre=wizard.cadre, entered_by=wizard.user).first()


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _review(request, wizard: Wizard, place: Place):
    """All answers, each with a way to change it; 确定 makes the application."""
    refusal = ""
    missing = wizard.missing()
    key = _uuid(request.POST.get(KEY, ""))
    if request.method == "POST" and not missing and key:
        try:
            wizard.send(key)
        except BusinessError as error:
            refusal = error.sentence
        else:
            messages.success(request, "已经报上去了。支部或单位的同志会上门核实，办到哪一步在这里都能看到。")
            return redirect(place.home)
    context = {
        "answers": _with_urls(wizard.answers(), place), "missing": _with_urls([(one, "") for one in missing], place),
        "refusal": refusal, "key": wizard.values.get(KEY) or uuid.uuid4(), "cadre": wizard.cadre,
        "back": place.url(FILES), "home": place.home,
    }  # fmt: skip
    bad = bool(refusal) or (request.method == "POST" and bool(missing))
    return place.show("review", context, 422 if bad else 200)


def _with_urls(answers: Sequence[tuple[Question, str]], place: Place) -> list[dict]:
    return [
        {"title": one.title, "words": words, "url": f"{place.url(one.key)}?back_to_review"} for one, words in answers
    ]


# What the person and the branch read ------------------------------------------------------------------------------

WORDS = {
    AidState.APPLIED: ("已收到，等上门核实", "soon"), AidState.VERIFIED: ("已核实，单位在签章", "soon"),
    AidState.SIGNED: ("老干部局在审核", "soon"), AidState.REVIEWED: ("等会议研究", "soon"),
    AidState.DECIDED: ("会议已通过，准备公示", "info"), AidState.NOTICED: ("公示中", "info"),
    AidState.PAID: ("已发放，请签收", "info"), AidState.CLOSED: ("已办结", "done"),
    AidState.RETURNED: ("要补充材料", "late"), AidState.REFUSED: ("这次没有批准", ""),
    AidState.WITHDRAWN: ("已撤回", ""),
}  # fmt: skip


def told(row: AidApplication) -> dict:
    """One application in plain words: how far it is, what was said, whether it can be taken back."""
    words, tone = WORDS[AidState(row.state)]
    can_end = row.state in (AidState.APPLIED, AidState.VERIFIED, AidState.SIGNED, AidState.REVIEWED, AidState.RETURNED)
    over = row.state in (AidState.RETURNED, AidState.REFUSED, AidState.WITHDRAWN)
    return {
        "row": row, "words": words, "tone": tone, "can_end": can_end, "can_complete": row.state == AidState.RETURNED,
        "why": row.closing_note if over else "", "amount": row.granted if row.counted else None,
    }  # fmt: skip
