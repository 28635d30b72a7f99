"""Marks of state secrets: found where they are marks, let pass where they are words (trust B11)."""

import io
import zipfile

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.common import code_lists
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.common.models import AuditEntry, CodeValue
from apps.common.secrecy import Words, find_marks, marks_in
from apps.common.secrecy_files import marks_of_file, text_of
from apps.common.secrecy_forms import SecrecyMixin
from apps.common.secrecy_words import current_words, refuse_marks
from apps.common.voiding import check_reason

pytestmark = pytest.mark.django_db

CERTAIN = (
    "机密★10年", "秘密★", "绝密 ★ 长期", "机　密★１０年", "秘密☆5年", "绝密*", "【机密】", "[秘密]", "〔绝密〕",
    "密级：秘密",
    "密级 机密", "机密 20年", "机密", "秘密", "绝密", "关于走访的通知\n机密\n正文", "内部资料", "内部资料，注意保存",
    "【内部】", "内部★", "附件（机密★三十年）",
)  # fmt: skip
QUESTIONS = ("他管过机密", "看过内部资料的人", "1946年入党（秘密）", "绝密级", "机密-名单", "内部")
PLAIN = (
    "商业秘密", "秘密战线工作", "1947年参加秘密工作", "保守秘密30年", "内部装修", "内部矛盾", "随机密码", "手机密码",
    "曾任机密员", "飞机密集", "司机密切配合", "杜绝密切接触", "国家秘密", "一等★", "王★", "", "2026年慰问名单",
)  # fmt: skip


@pytest.mark.parametrize("text", CERTAIN)
def test_what_has_the_form_of_a_mark_is_certain(text):
    assert any(mark.certain for mark in find_marks(text))


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_marking_word_in_a_sentence_is_a_question(text):
    assert [mark.certain for mark in find_marks(text)] == [False]


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_words_raise_no_alarm(text):
    assert find_marks(text) == ()


def test_a_long_text_is_looked_through_quickly_and_each_mark_named_once():
    assert marks_in("机密★" + "走访" * 50_000 + "机密★ 绝密") == ("机密★", "绝密")


def test_words_of_the_bureau_hold():
    assert marks_in("专报件请签收", Words(notices=("专报件",), plain=())) == ("专报件",)


def office(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("机密-名单.pdf", b"%PDF"),
        ("a.txt", "秘密★一年".encode("gb18030")),
        ("a.csv", "姓名,备注\n李某,机密★\n".encode()),
        ("a.docx", office(word__document="<w:p><w:t>机</w:t><w:t>密★</w:t></w:p>")),
        ("a.xlsx", office(xl__sharedStrings="<si><t>绝密★</t></si>")),
        ("a.docx", office(word__header1="<w:p><w:t>内部资料</w:t></w:p>")),
    ],
)
def test_files_are_read_as_far_as_they_can_be(name, data):
    assert marks_of_file(name, data)


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"", b"\xff\xfe\x00", bytes(range(256))])
def test_broken_files_raise_nothing(data):
    assert marks_of_file("a.docx", data) == marks_of_file("a.txt", data) == ()


def test_a_bomb_is_read_up_to_a_limit():
    data = office(word__document="<w:t>" + "走" * 20_000_000 + "</w:t>")

    assert len(text_of("a.docx", data)) < 9_000_000


class NoteForm(PortalForm):
    note = forms.CharField(label="说明", required=False)
    secret = forms.CharField(label="口令", required=False, widget=forms.PasswordInput)
    scan = forms.FileField(label="扫描件", required=False)


@pytest.fixture
def words(db):
    """The shipped lists, loaded after migrating."""
    return current_words()


def test_shipped_words_are_in_force(words):
    assert "内部资料" in words.notices
    assert "机密员" in words.plain


def test_a_word_that_the_bureau_switched_off_holds_no_more(words):
    CodeValue.objects.filter(code_list="secrecy_notice", name="内部掌握").update(disabled_on="2026-01-01")
    code_lists.forget()

    assert "内部掌握" not in current_words().notices
    code_lists.forget()


def test_a_mark_is_refused_at_its_field_and_on_record_without_its_text():
    form = NoteForm({"note": "见机密★10年文件", "not_a_secrecy_mark": "我觉得不是"})

    assert not form.is_valid()
    assert "非涉密系统" in form.errors["note"][0]
    entry = AuditEntry.objects.get(action="secrecy.refused")
    assert entry.fields == ["note"]
    assert "机密" not in entry.reason + entry.target


def test_a_mere_word_passes_with_a_reason_which_is_kept():
    asked = NoteForm({"note": "在机密文件柜旁边"})
    assert not asked.is_valid()
    assert "not_a_secrecy_mark" in asked.fields

    told = NoteForm({"note": "在机密文件柜旁边", "not_a_secrecy_mark": "说的是家具"})

    assert told.is_valid()
    assert AuditEntry.objects.get(action="secrecy.explained").reason == "说的是家具"


def test_the_reason_itself_may_carry_no_mark():
    assert not NoteForm({"note": "在机密文件柜旁边", "not_a_secrecy_mark": "机密★"}).is_valid()


def all_forms(base) -> set:
    return {form for child in base.__subclasses__() for form in {child, *all_forms(child)}}


def test_every_form_of_ours_looks_for_marks():
    """A new form inherits PortalForm or RecordForm; a search box keeps nothing."""
    free = (forms.CharField, forms.FileField)
    ours = {
        form
        for form in all_forms(forms.BaseForm)
        if form.__module__.startswith("apps.") and any(isinstance(item, free) for item in form.base_fields.values())
    }

    assert {form.__name__ for form in ours if not issubclass(form, SecrecyMixin)} <= {"SearchForm", "PeopleFilter"}


def test_passwords_are_not_looked_at_and_files_are():
    scan = SimpleUploadedFile("绝密★.pdf", b"%PDF")

    assert NoteForm({"secret": "机密★"}).is_valid()
    assert not NoteForm({}, {"scan": scan}).is_valid()


def test_an_import_looks_at_the_contents_itself_and_scans_say_what_is_not_read():
    class RosterForm(PortalForm):
        contents_elsewhere = True
        file = forms.FileField(widget=forms.FileInput(attrs={"accept": ".csv,.pdf"}), help_text="不超过 10 MB")

    cell = SimpleUploadedFile("名册.csv", "备注\n机密★\n".encode())

    assert RosterForm({}, {"file": cell}).is_valid()
    assert not RosterForm({}, {"file": SimpleUploadedFile("机密★.csv", b"a")}).is_valid()
    assert cell.tell() == 0
    assert "只看得到文件名" in RosterForm().fields["file"].help_text


def test_reasons_that_reach_a_service_without_a_form_are_looked_at():
    with pytest.raises(BusinessError, match="非涉密系统"):
        check_reason("机密★")
    with pytest.raises(BusinessError):
        refuse_marks("密级：秘密")
