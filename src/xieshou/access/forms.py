"""Forms of signing in, of one's own account, and of the users page."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.models import User
from xieshou.access.rules import ROLE_NAMES
from xieshou.common.forms import PageForm
from xieshou.common.scoping import Role


class SignInForm(PageForm):
    """User name and password; `user` once both are right and the attempt is not locked out."""

    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if "username" in cleaned and "password" in cleaned:
            user = authenticate(self.request, username=cleaned["username"], password=cleaned["password"])
            if not isinstance(user, User):
                # One sentence for every cause: it must not tell which names exist.
                raise forms.ValidationError(_("登录名或密码不对，请重新输入；忘记密码请找系统管理员重置。"))
            self.user = user
        return cleaned


class ChangePasswordForm(PageForm):
    """The password in use, and the new one twice."""

    current = forms.CharField(
        label=gettext_lazy("现在的密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        strip=False,
        help_text=gettext_lazy("至少 10 个字符，不要用常见的密码或登录名；一句话最好记。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一遍新密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise forms.ValidationError(_("现在的密码不对，请重新输入。"))
        return current

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("new") != cleaned.get("again"):
            self.add_error("again", _("两次输入的新密码不一样，请重新输入。"))
        elif cleaned.get("new") and cleaned.get("new") == cleaned.get("current"):
            self.add_error("new", _("新密码和现在的一样，请换一个。"))
        return cleaned


class NewUserForm(PageForm):
    """A user to be let in."""

    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=150,
        help_text=gettext_lazy("字母、数字和 @ . + - _；汉字也可以。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    display_name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)


class GrantForm(PageForm):
    """A role for a user, within limits."""

    role = forms.ChoiceField(
        label=gettext_lazy("角色"), choices=lambda: [(role.value, ROLE_NAMES[role]) for role in Role]
    )
    place = forms.CharField(
        label=gettext_lazy("限于地区"),
        required=False,
        help_text=gettext_lazy("名称或 12 位代码；不填则不限地区。"),
    )
    party = forms.CharField(
        label=gettext_lazy("限于单位"),
        required=False,
        help_text=gettext_lazy("单位名称，含其下级单位和它参加的联合帮扶；不填则不限单位。"),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("最后一天"),
        required=False,
        help_text=gettext_lazy("不填则直到撤销。"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])
