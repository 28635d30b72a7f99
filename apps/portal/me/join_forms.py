"""The questions of enrolment that are answered by more than a press."""

from django import forms

from apps.common.forms import PortalForm
from apps.people.models import Person
from apps.university.choices.statements import StatementKind

ORDINALS = "一二三四五六七八九十"
YES, DOUBTS = "yes", "doubts"
NEXT = "下一步"


class ChoicesForm(PortalForm):
    """志愿 in order. `classes`: (public id, words), `most`: how many at most, `partners`: with whom a ticket may be
    shared."""

    submit_label = NEXT

    def __init__(self, *args, classes: list[tuple[str, str]], most: int, partners: list[Person], **kwargs):
        super().__init__(*args, **kwargs)
        self.most = max(1, min(most, len(classes)))
        for place in range(1, self.most + 1):
            first = place == 1
            self.fields[f"choice_{place}"] = forms.ChoiceField(
                label=f"第{ORDINALS[place - 1]}志愿" if self.most > 1 else "想上的班",
                choices=classes if first else [("", "不填"), *classes], required=first,
                help_text="" if first else "抽不中前面的，还愿意上哪个",
                error_messages={"invalid_choice": "这个班不在这一批抽签里，请重新选。"},
            )  # fmt: skip
        if partners:
            people = [(str(one.public_id), f"和 {one.name} 一起抽，要上一起上（本人已经同意）") for one in partners]
            self.fields["partner"] = forms.ChoiceField(
                label="一个人抽，还是夫妻一起抽？", choices=[("", "一个人抽"), *people], required=False,
                widget=forms.RadioSelect, help_text="一起抽算一张表：抽中两个人都上，抽不中一起候补",
            )  # fmt: skip

    def chosen(self) -> list[str]:
        return [one for place in range(1, self.most + 1) if (one := self.cleaned_data.get(f"choice_{place}"))]

    def clean(self):
        values = super().clean()
        seen: dict[str, int] = {}
        for place in range(1, self.most + 1):
            said = values.get(f"choice_{place}")
            if said and said in seen:
                self.add_error(f"choice_{place}", f"和第{ORDINALS[seen[said] - 1]}志愿是同一个班，请换一个或选“不填”。")
            elif said:
                seen[said] = place
        return values


class PapersForm(PortalForm):
    """健康声明 and 安全责任书, each as far as it is still wanted; 家属同意 where his family asks."""

    submit_label = NEXT
    health = forms.ChoiceField(
        label="身体情况适合上这个班吗？", widget=forms.RadioSelect,
        choices=[(YES, "适合，医生没有说不能参加"), (DOUBTS, "有些顾虑，想先问问学校")],
        error_messages={"required": "请选一项。"},
    )  # fmt: skip
    safety = forms.BooleanField(
        label="我看过安全责任书，会照着做", error_messages={"required": "请看过以后打勾。不明白的地方打电话问学校。"}
    )
    family = forms.BooleanField(label="我是家属，同意去上学", error_messages={"required": "同意的请打勾。"})

    def __init__(self, *args, papers, acting, **kwargs):
        super().__init__(*args, **kwargs)
        if acting.is_proxy:
            name = acting.person.name
            self.fields["health"].label = f"{name} 的身体情况适合上这个班吗？"
            self.fields["safety"].label = f"我和 {name} 都看过安全责任书，会照着做"
            self.fields["family"].label = f"我是家属，同意 {name} 去上学"
        wanted = {
            "health": StatementKind.HEALTH in papers.asked, "safety": StatementKind.SAFETY in papers.asked,
            "family": papers.family and papers.family_here,
        }  # fmt: skip
        for name, is_wanted in wanted.items():
            if not is_wanted:
                del self.fields[name]

    @property
    def has_doubts(self) -> bool:
        """Nothing is kept of it: the school talks with him."""
        return self.cleaned_data.get("health") == DOUBTS
