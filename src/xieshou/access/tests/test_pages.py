"""Signing in and out, one's own account, the users page, and what stands before every view."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from xieshou.access import services
from xieshou.access.models import User
from xieshou.access.rules import Permission
from xieshou.access.selectors import is_set_up
from xieshou.access.views import ActorView
from xieshou.common.scoping import Role

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"
NEW_PASSWORD = "another long pass phrase"


@pytest.fixture
def administrator(operator):
    user, _password = services.create_administrator(by=operator, password=PASSWORD)
    return user


def sign_in(client, username="office", password=PASSWORD, **fields):
    return client.post(reverse("access:sign-in"), {"username": username, "password": password} | fields)


def views_of(resolver, prefix=""):
    """Address and callback of every view but those of Django's own admin."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver) and pattern.app_name != "admin":
            yield from views_of(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


# every view


def test_every_view_declares_its_permission():
    undeclared = [
        address
        for address, callback in views_of(get_resolver())
        if not issubclass(getattr(callback, "view_class", object), ActorView)
    ]

    assert undeclared == []


def test_a_view_without_a_declared_permission_does_not_start():
    class Undeclared(ActorView):
        pass

    with pytest.raises(ImproperlyConfigured):
        Undeclared.as_view()


def test_a_view_without_permission_must_say_that_it_is_public():
    class HalfPublic(ActorView):
        permission = None

    with pytest.raises(ImproperlyConfigured):
        HalfPublic.as_view()


def test_a_view_acts_with_the_grants_that_carry_its_permission(rf, clerk_user, clerk, operator):
    class Show(ActorView):
        permission = Permission.DRAFT_IMPORT

        def get(self, request):
            return HttpResponse(str(self.actor.sees_everything))

    services.grant_role(by=operator, user=clerk_user, role=Role.LEADER)
    request = rf.get("/")
    request.user, request.actor = clerk_user, services.actor_for(clerk_user)

    assert Show.as_view()(request).content == b"False"


# signing in and out


def test_a_visitor_is_sent_to_sign_in_and_then_to_where_they_wanted(client, administrator):
    sent = client.get(reverse("access:users"))
    assert sent.url == "/sign-in/?next=%2Fusers%2F"

    assert sign_in(client, "admin", next="/users/").url == "/users/"


def test_htmx_is_told_to_leave_the_page(client, administrator):
    answer = client.get(reverse("access:users"), HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="/users/?page=2")

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/sign-in/?next=%2Fusers%2F%3Fpage%3D2"


def test_nobody_is_sent_to_another_site(client, office):
    assert sign_in(client, next="https://elsewhere.example/").url == "/"


def test_the_sign_in_page_says_when_nobody_was_set_up(client):
    assert "xieshou serve" in client.get(reverse("access:sign-in")).content.decode()


@pytest.mark.parametrize(("username", "password"), [("office", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(client, office, username, password):
    assert "登录名或密码不对" in sign_in(client, username, password).content.decode()


def test_the_operator_cannot_sign_in(client, operator):
    sign_in(client, "operator", "!")

    assert "_auth_user_id" not in client.session


def test_after_many_wrong_passwords_the_right_one_has_to_wait(client, office, settings):
    settings.AXES_FAILURE_LIMIT = 2
    settings.AXES_LOCKOUT_CALLABLE = "xieshou.access.views.locked_out"
    sign_in(client, password="wrong")
    sign_in(client, password="wrong")

    answer = sign_in(client)

    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_out_needs_a_post_and_ends_the_session(client, office):
    sign_in(client)
    assert client.get(reverse("access:sign-out")).status_code == 405

    client.post(reverse("access:sign-out"))

    assert "_auth_user_id" not in client.session


def test_the_language_is_kept_in_a_cookie(client):
    answer = client.post(reverse("access:switch-language"), {"language": "en", "next": "/sign-in/"})

    assert answer.url == "/sign-in/"
    assert client.cookies["xieshou_language"].value == "en"


def test_an_unknown_language_is_passed_over(client):
    client.post(reverse("access:switch-language"), {"language": "xx"})

    assert "xieshou_language" not in client.cookies


# one's own account


def test_a_one_time_password_opens_nothing_but_its_own_change(client, operator):
    user, password = services.create_administrator(by=operator)
    assert sign_in(client, "admin", password).url.startswith("/password/")
    assert client.get(reverse("access:users")).url.startswith("/password/")

    client.post(reverse("access:change-password"), {"current": password, "new": NEW_PASSWORD, "again": NEW_PASSWORD})

    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert client.get(reverse("access:users")).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("wrong", NEW_PASSWORD, NEW_PASSWORD, "现在的密码不对"),
        (PASSWORD, NEW_PASSWORD, "else", "不一样"),
        (PASSWORD, PASSWORD, PASSWORD, "换一个"),
        (PASSWORD, "short", "short", "10"),
    ],
)
def test_a_password_is_not_changed_by_mistake(client, office_user, current, new, again, said):
    client.force_login(office_user)

    answer = client.post(reverse("access:change-password"), {"current": current, "new": new, "again": again})

    assert said in answer.content.decode()
    office_user.refresh_from_db()
    assert office_user.check_password(PASSWORD)


# users


def test_without_the_permission_the_page_says_who_has_it(client, office_user, office):
    client.force_login(office_user)

    answer = client.get(reverse("access:users"))

    assert answer.status_code == 403
    assert "系统管理员" in answer.content.decode()


def test_a_new_user_gets_a_one_time_password_and_no_role(client, administrator):
    client.force_login(administrator)

    answer = client.post(reverse("access:users"), {"username": "lisi", "display_name": "李四"})

    user = User.objects.get(username="lisi")
    assert user.must_change_password
    assert user.assignments.count() == 0
    assert user.check_password(answer.context["password"])


def test_a_sign_in_name_belongs_to_one_user(client, administrator, office):
    client.force_login(administrator)

    answer = client.post(reverse("access:users"), {"username": "office", "display_name": "另一人"})

    assert "已被使用" in answer.content.decode()


def test_the_administrator_grants_and_revokes_a_role(client, administrator, stranger_user, helping_unit, places_cast):
    client.force_login(administrator)
    page = reverse("access:user", kwargs={"user_id": stranger_user.pk})

    client.post(page, {"role": "county_officer", "place": "增城区"})
    [grant] = services.actor_for(stranger_user).grants
    assert ("440118000000", "440119000000") in grant.place_ranges

    client.post(page, {"act": "revoke", "assignment": stranger_user.assignments.get().pk})
    assert services.actor_for(stranger_user).grants == ()


def test_a_place_that_is_unknown_is_said_beside_the_form(client, administrator, stranger_user, places_cast):
    client.force_login(administrator)

    answer = client.post(
        reverse("access:user", kwargs={"user_id": stranger_user.pk}), {"role": "leader", "place": "无此县"}
    )

    assert "无此县" in answer.content.decode()
    assert stranger_user.assignments.count() == 0


def test_a_user_is_shut_out_readmitted_and_given_a_new_password(client, administrator, stranger_user):
    client.force_login(administrator)
    page = reverse("access:user", kwargs={"user_id": stranger_user.pk})

    client.post(page, {"act": "shut_out"})
    stranger_user.refresh_from_db()
    assert not stranger_user.is_active

    client.post(page, {"act": "readmit"})
    answer = client.post(page, {"act": "reset"})
    stranger_user.refresh_from_db()
    assert stranger_user.is_active
    assert stranger_user.check_password(answer.context["password"])


def test_the_last_administrator_stays(client, administrator):
    client.force_login(administrator)

    answer = client.post(reverse("access:user", kwargs={"user_id": administrator.pk}), {"act": "shut_out"})

    assert "最后一个系统管理员" in answer.content.decode()
    assert is_set_up()


def test_the_operator_stands_on_no_list(client, administrator, operator):
    client.force_login(administrator)

    assert client.get(reverse("access:user", kwargs={"user_id": operator.user_id})).status_code == 404


def test_an_instance_is_set_up_once(operator, administrator):
    with pytest.raises(services.AlreadySetUp):
        services.create_administrator(by=operator)


# what a stranger may type


@pytest.mark.parametrize("target", ["home", "0", "²", "None"])
def test_a_word_in_the_place_of_an_address_breaks_nothing(client, office, office_user, target):
    client.force_login(office_user, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("access:sign-in"), {"next": target}).status_code == 302


@pytest.mark.parametrize(
    "target", ["//evil.example/", "/\\evil.example/", "https://evil.example/", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_host(client, office, target):
    assert sign_in(client, next=target)["Location"] == "/"


def test_a_role_that_is_no_number_is_not_there(client, administrator, office_user):
    sign_in(client, administrator.username)

    answer = client.post(reverse("access:user", args=[office_user.pk]), {"act": "revoke", "assignment": "x"})

    assert answer.status_code == 404


def test_with_a_one_time_password_the_admin_is_closed_as_well(client, operator):
    user, password = services.create_administrator(by=operator)
    sign_in(client, user.username, password)

    assert client.get(reverse("admin:index"))["Location"] == reverse("access:change-password")
