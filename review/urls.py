"""The addresses of the pages. A test holds a table of every address, every role and what each is answered."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.db.transaction import atomic
from django.urls import path, reverse_lazy

from review.views import case_file, desks, examination, leads, pictures, session

remove_passkey = passkey.RemoveWebAuthnView.as_view(success_url=reverse_lazy("mfa_index"))

urlpatterns = [
    path("", desks.desk, name="desk"),
    path("sign-in", account.login, name="account_login"),
    path("sign-out", account.logout, name="account_logout"),
    path("second-factor", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/again", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/again/passkey", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-factor/all", mfa.index, name="mfa_index"),
    path("second-factor/set-up", session.SetUp.as_view(), name="mfa_activate_totp"),
    path("second-factor/remove", atomic(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/passkeys/new", atomic(passkey.add_webauthn), name="mfa_add_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove", atomic(remove_passkey), name="mfa_remove_webauthn"),
    path("second-factor/codes", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("password/again", account.reauthenticate, name="account_reauthenticate"),
    path("not-offered/sign-up", desks.not_offered, name="account_signup"),
    path("not-offered/reset", desks.not_offered, name="account_reset_password"),
    path("not-offered/inactive", desks.not_offered, name="account_inactive"),
    path("demo", desks.personas, name="personas"),
    path("demo/be", desks.be, name="be"),
    path("cases", case_file.cases, name="cases"),
    path("cases/<slug:ref>", case_file.case_page, name="case"),
    path("cases/<slug:ref>/offence", case_file.offence, name="offence"),
    path("cases/<slug:ref>/probe", case_file.probe, name="probe"),
    path("cases/<slug:ref>/probe/picture", pictures.probe_picture, name="probe_picture"),
    path("cases/<slug:ref>/close", case_file.close_case, name="close_case"),
    path("requests/new", case_file.new_request, name="new_request"),
    path("requests/faces", case_file.faces, name="faces"),
    path("results/new", case_file.outside_result, name="outside_result"),
    path("leads/<slug:ref>/evidence/new", leads.new_evidence, name="new_evidence"),
    path("leads/<slug:ref>/ask", leads.new_ask, name="new_ask"),
    path("leads/<slug:ref>/outside-gate", leads.new_outside_gate, name="new_outside_gate"),
    path("leads/<slug:ref>/report", leads.report, name="report"),
    path("leads/<slug:ref>/picture", pictures.lead_picture, name="lead_picture"),
    path("items/<slug:ref>/edge", leads.new_edge, name="new_edge"),
    path("evidence/<slug:ref>", desks.evidence, name="evidence"),
    path("countersignatures/<slug:ref>", desks.supervise, name="supervise"),
    path("countersignatures/<slug:ref>/start", leads.start_action, name="start"),
    path("examinations/next", examination.take, name="take"),
    path("examinations/<slug:code>", examination.page, name="examination"),
    path("examinations/<slug:code>/lock", examination.lock, name="lock"),
    path("examinations/<slug:code>/target", examination.target, name="target"),
    path("examinations/<slug:code>/faces/<slug:face>", examination.face, name="face"),
    path("house", desks.house, name="house"),
    path("house/jobs/<int:job>/again", desks.retry, name="retry"),
    path("notices", desks.notices, name="notices"),
]
