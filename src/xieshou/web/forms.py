"""The forms of pages: what a person types, checked before a service is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.common.forms import PageForm
from xieshou.common.scoping import Actor
from xieshou.intake.models import ReportingDuty
from xieshou.parties.errors import PartyAmbiguous, PartyUnknown
from xieshou.parties.kinds import PartyKind
from xieshou.parties.selectors import party_seen
from xieshou.places.errors import PlaceAmbiguous, PlaceUnknown
from xieshou.places.models import Place
from xieshou.places.selectors import place_at
from xieshou.programme.models import Programme
from xieshou.programme.selectors import programmes_for

# A village stands for its place and a joint party is made by its members: neither is registered by hand.
KINDS = [("", gettext_lazy("按名称判断"))] + [
    (value, label) for value, label in PartyKind.choices if value not in (PartyKind.VILLAGE, PartyKind.JOINT)
]


class SuggestingInput(forms.TextInput):
    """A field under which a list offers what the typed text may mean; without script a plain field.

    route: what answers `?q=…&pick=1` with the list.
    """

    template_name = "web/parts/suggesting.html"
    field_template = forms.TextInput.template_name

    def __init__(self, route: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.route = route

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["field_template"] = self.field_template
        context["widget"]["attrs"] |= {
            "autocomplete": "off",
            "role": "combobox",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "data-suggest": True,
            "hx-get": reverse(self.route),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "next .suggestions",
            "hx-params": "none",
        }
        return context


class SuggestingLines(SuggestingInput):
    """Several names, one a line; the list is about the line that is being typed."""

    field_template = forms.Textarea.template_name


class PlaceField(forms.CharField):
    """A place by name or code; cleans to a `Place`, or None when left blank."""

    widget = SuggestingInput("web:scope-places")

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return place_at(text)
        except (PlaceUnknown, PlaceAmbiguous) as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class PartyField(forms.CharField):
    """A party by name, alias or id; cleans to a `Party` that the actor may see, or None when left blank."""

    widget = SuggestingInput("web:scope-parties")
    actor: Actor

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return party_seen(text, actor=self.actor)
        except (PartyUnknown, PartyAmbiguous) as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class PartiesForm(PageForm):
    """A form that names parties: only those that the actor may see are understood."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PartyField):
                field.actor = actor


class WhoForm(PageForm):
    """The first question: who we are."""

    name = forms.CharField(
        label=gettext_lazy("我们是"),
        max_length=200,
        widget=SuggestingInput("web:scope-parties"),
        help_text=gettext_lazy("本单位全称，例如“中国某某集团有限公司”“某某市总工会”。"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("单位类别"), choices=KINDS, required=False)


class WhomForm(PageForm):
    """The second question: which counties we help, and by what kind of assistance."""

    kind = forms.ChoiceField(label=gettext_lazy("帮扶类型"), choices=Programme.Kind.choices)
    places = forms.CharField(
        label=gettext_lazy("帮扶哪些县"),
        widget=SuggestingLines("web:scope-places", attrs={"rows": 3}),
        help_text=gettext_lazy("一行一个，或用顿号隔开；旧名也认得，例如“从化市”。"),
    )

    def clean_places(self) -> list[Place]:
        found: list[Place] = []
        wrong: list[str] = []
        for text in self.cleaned_data["places"].replace("、", "\n").replace("，", "\n").replace(",", "\n").splitlines():
            if not text.strip():
                continue
            try:
                found.append(place_at(text.strip()))
            except (PlaceUnknown, PlaceAmbiguous) as refusal:
                wrong.append(refusal.message)
        if wrong:
            raise forms.ValidationError(wrong)
        return found


class YearForm(PageForm):
    """The third question: which year to look at first."""

    year = forms.IntegerField(label=gettext_lazy("先看哪一年"), min_value=1978, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].help_text = _("例如 %(year)s。台账里各年都在，随时可以换。") % {
            "year": timezone.localdate().year - 1
        }


class PartyForm(PartiesForm):
    """A new organisation."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=KINDS,
        required=False,
    )
    parent = PartyField(label=gettext_lazy("上级单位"), required=False, help_text=gettext_lazy("空着就是顶层单位。"))
    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=18, required=False)
    place = PlaceField(label=gettext_lazy("所在地"), required=False)


class RenameForm(PageForm):
    name = forms.CharField(
        label=gettext_lazy("新名称"), max_length=200, help_text=gettext_lazy("原名称留作别名，旧表照样认得。")
    )


class MoveForm(PartiesForm):
    parent = PartyField(label=gettext_lazy("新的上级单位"), required=False, help_text=gettext_lazy("空着就移到顶层。"))


class AliasForm(PageForm):
    text = forms.CharField(
        label=gettext_lazy("别名"), max_length=300, help_text=gettext_lazy("工作簿里的另一种写法，例如简称。")
    )


class RoleForm(PageForm):
    """What a party is to the work, from a day to a day."""

    role = forms.CharField(
        label=gettext_lazy("职责"), max_length=60, help_text=gettext_lazy("例如：牵头单位、成员单位、受援单位。")
    )
    valid_from = forms.DateField(label=gettext_lazy("从"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label=gettext_lazy("到"), widget=forms.DateInput(attrs={"type": "date"}), required=False)


class SharesForm(PageForm):
    """The share of each member of a joint party, in percent; all blank takes the statement back."""

    def __init__(self, members: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for member in members:
            self.fields[f"m{member.member_id}"] = forms.DecimalField(
                label=f"{member.member.name} %",
                min_value=0,
                max_value=100,
                decimal_places=2,
                required=False,
                initial=None if member.share_bp is None else member.share_bp / 100,
            )

    def shares(self) -> dict[int, int]:
        """Member id → basis points; empty when every field is blank."""
        return {
            int(key[1:]): int(value * 100)
            for key, value in self.cleaned_data.items()
            if key.startswith("m") and value is not None
        }


class BatchFactsForm(PartiesForm):
    """What a workbook does not say itself: its period, the day it runs to, the programme; for the office, its unit."""

    period = forms.CharField(
        label=gettext_lazy("期间"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("2011、2011Q3、2011-10、2010..2011 都可以。"),
    )
    as_of = forms.DateField(
        label=gettext_lazy("累计截至"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    basis = forms.ChoiceField(label=gettext_lazy("金额是"), required=False)
    programme = forms.ModelChoiceField(
        label=gettext_lazy("帮扶项目群"), queryset=Programme.objects.none(), required=False, empty_label="–"
    )

    party = PartyField(label=gettext_lazy("填报单位"), required=False)

    def __init__(
        self,
        *args: Any,
        programmes: models.QuerySet[Programme],
        actor: Actor,
        names_unit: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        if not names_unit:
            del self.fields["party"]
        self.fields["basis"].choices = [  # type: ignore[attr-defined]
            ("", _("按表样")),
            ("period", _("本期发生")),
            ("cumulative", _("累计至某日")),
        ]
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class ReasonForm(PageForm):
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=280, widget=forms.TextInput())


class DutyForm(PartiesForm):
    """Who has to hand in which form by when."""

    name = forms.CharField(
        label=gettext_lazy("任务名称"), max_length=120, help_text=gettext_lazy("例如：帮扶资金季报。")
    )
    form_key = forms.ChoiceField(label=gettext_lazy("表样"))
    rule = forms.ChoiceField(label=gettext_lazy("报告期"), choices=ReportingDuty.Rule.choices)
    starts_on = forms.DateField(
        label=gettext_lazy("从哪一期起"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("第一期里的任意一天；只报一次的，写报告期的第一天。"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("到哪一期止"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("不填就一直报下去；只报一次的，写报告期的最后一天。"),
    )
    due_days = forms.IntegerField(
        label=gettext_lazy("期末后几天内报"),
        min_value=0,
        max_value=365,
        initial=10,
        help_text=gettext_lazy("10 就是下月 10 日以前。"),
    )
    expects = forms.ChoiceField(label=gettext_lazy("由谁报"), choices=ReportingDuty.Expects.choices)
    party = PartyField(
        label=gettext_lazy("单位"),
        required=False,
        help_text=gettext_lazy("下属单位报的，写上级单位；按结对名单报的，可以只要这个单位以下的。"),
    )
    place = PlaceField(
        label=gettext_lazy("地区"),
        required=False,
        help_text=gettext_lazy("下级地区报的，写上级地区；按结对名单报的，可以只要这个地区的。"),
    )
    programme = forms.ModelChoiceField(
        label=gettext_lazy("帮扶项目群"), queryset=Programme.objects.none(), required=False, empty_label="–"
    )

    def __init__(self, *args: Any, actor: Actor, forms: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["form_key"].choices = forms  # type: ignore[attr-defined]
        self.fields["programme"].queryset = programmes_for(actor)  # type: ignore[attr-defined]


class SaveScopeForm(PageForm):
    name = forms.CharField(label=gettext_lazy("口径名称"), max_length=80, help_text=gettext_lazy("例如：责任书口径。"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)


class NameHeadForm(PageForm):
    name = forms.CharField(
        label=gettext_lazy("报送版本名称"), max_length=80, help_text=gettext_lazy("例如：2019年报送稿。")
    )


class SeveralFilesInput(forms.ClearableFileInput):
    """A field that takes several files."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Cleans to a list of files, empty where none was chosen."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFiles, self).clean(file, initial) for file in files if file]


class AuditForm(PageForm):
    """A text to audit, pasted or as a file, and the texts to compare it with."""

    text = forms.CharField(
        label=gettext_lazy("粘贴文字"), required=False, widget=forms.Textarea({"rows": 9}), strip=False
    )
    file = forms.FileField(label=gettext_lazy("或选一个文件"), required=False)
    title = forms.CharField(label=gettext_lazy("标题"), required=False, max_length=200, widget=forms.HiddenInput)
    against = SeveralFiles(
        label=gettext_lazy("对照材料"),
        required=False,
        help_text=gettext_lazy("自评报告、社会责任报告、通稿、上年稿：同一件事说法不一，或沿用上年的数，会标出来。"),
    )
    beside: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("对照保存过的稿子"),
        required=False,
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, saved: models.QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["beside"].queryset = saved.order_by("-saved_at")  # type: ignore[attr-defined]
        self.fields["beside"].label_from_instance = lambda each: each.title  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not (cleaned.get("text") or "").strip() and "file" not in self.errors:
            self.add_error("text", _("请粘贴一段文字，或选一个文件（.docx、.pdf、.txt、.md、.html）。"))
        return cleaned


class ClarifyForm(PageForm):
    """Why a finding is none."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    about = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)
    words = forms.CharField(label=gettext_lazy("口径说明"), max_length=500, widget=forms.Textarea({"rows": 2}))
