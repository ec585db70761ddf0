"""The addresses of the pages. A test holds a table of every address, every role and what each is answered."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path

from review.views import case_file, desks, examination, leads, pictures

urlpatterns = [
    path("", desks.desk, name="desk"),
    path("sign-in", account.login, name="account_login"),
    path("sign-out", account.logout, name="account_logout"),
    path("second-factor", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/again", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/set-up", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/done", desks.second_factor, name="mfa_index"),
    path("second-factor/codes", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("password/again", account.reauthenticate, name="account_reauthenticate"),
    path("not-offered/sign-up", desks.not_offered, name="account_signup"),
    path("not-offered/reset", desks.not_offered, name="account_reset_password"),
    path("not-offered/inactive", desks.not_offered, name="account_inactive"),
    path("demo", desks.personas, name="personas"),
    path("demo/be", desks.be, name="be"),
    path("cases", case_file.cases, name="cases"),
    path("cases/<str:ref>", case_file.case_page, name="case"),
    path("cases/<str:ref>/offence", case_file.offence, name="offence"),
    path("cases/<str:ref>/probe", case_file.probe, name="probe"),
    path("cases/<str:ref>/probe/picture", pictures.probe_picture, name="probe_picture"),
    path("cases/<str:ref>/close", case_file.close_case, name="close_case"),
    path("requests/new", case_file.new_request, name="new_request"),
    path("requests/faces", case_file.faces, name="faces"),
    path("results/new", case_file.outside_result, name="outside_result"),
    path("leads/<str:ref>/evidence/new", leads.new_evidence, name="new_evidence"),
    path("leads/<str:ref>/ask", leads.new_ask, name="new_ask"),
    path("leads/<str:ref>/outside-gate", leads.new_outside_gate, name="new_outside_gate"),
    path("leads/<str:ref>/report", leads.report, name="report"),
    path("leads/<str:ref>/picture", pictures.lead_picture, name="lead_picture"),
    path("items/<str:ref>/edge", leads.new_edge, name="new_edge"),
    path("evidence/<str:ref>", desks.evidence, name="evidence"),
    path("countersignatures/<str:ref>", desks.supervise, name="supervise"),
    path("countersignatures/<str:ref>/start", leads.start_action, name="start"),
    path("examinations/next", examination.take, name="take"),
    path("examinations/<str:code>", examination.page, name="examination"),
    path("examinations/<str:code>/lock", examination.lock, name="lock"),
    path("examinations/<str:code>/target", examination.target, name="target"),
    path("examinations/<str:code>/faces/<str:face>", examination.face, name="face"),
    path("house", desks.house, name="house"),
    path("house/jobs/<int:job>/again", desks.retry, name="retry"),
    path("notices", desks.notices, name="notices"),
]
