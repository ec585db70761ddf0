"""The promises of the record, the clock at zero, and the kinds of entry that exist."""

from datetime import timedelta

from django.db import migrations

from ledger.promises import promise

# kind, whether only a database function may write it, what it means
KINDS = (
    ("request_search", True, "a detective requested a search"),
    ("receive_result", True, "a result arrived from a source system"),
    ("file_outside_result", True, "a detective filed a result from another agency"),
    ("link", False, "two investigations were found to be one"),
    ("confirm_offence", False, "a person confirmed the offence code from the report of crime"),
    ("screen", True, "the policy in force was applied to a case"),
    ("screen_again", False, "a changed policy was applied to a case that is pending, and it did not move"),
    ("check_probe", True, "an analyst graded the probe"),
    ("refuse_probe", False, "the engine could not use the probe"),
    ("attach_list", True, "a candidate list was stored as received"),
    ("find_empty", True, "the candidate list came and was empty"),
    ("take_next", True, "a reviewer was drawn"),
    ("sort_candidates", True, "a reviewer kept or set aside each face"),
    ("conclude", True, "a reviewer concluded"),
    ("set_aside", True, "a reviewer's whole set was set aside: it counts for nothing"),
    ("recuse", True, "a reviewer stepped back from an examination"),
    ("release_turn", True, "a reviewer gave an examination back unopened"),
    ("hold_turn", True, "a reviewer put the timer of an examination on hold"),
    ("send_turn_back", True, "a supervisor sent an examination back to the lot, with a reason"),
    ("lapse_turn", True, "an examination on which nothing was done went back to the lot"),
    ("report_contact", True, "a reviewer told an auditor that somebody spoke to him"),
    ("read_sealed_reasons", True, "an auditor read what reviewers told him alone"),
    ("join", True, "conclusions were joined by rule"),
    ("draw_lot", True, "whether a joined case is examined again elsewhere was drawn by lot, and sealed by a commitment"),
    ("reexamined", True, "a case was examined again by another agency: whether it agrees, and the lot that was opened"),
    ("open_lead", False, "a candidate became a lead"),
    ("end_lead", False, "a lead ended"),
    ("add_evidence", False, "an item of evidence was entered"),
    ("add_edge", False, "an edge was added to an item"),
    ("fix_evidence", False, "the kind of an item was fixed from its source document"),
    ("close_exculpatory", False, "an item that speaks for the person was closed"),
    ("fix_again", False, "two people fixed the kind of an item again"),
    ("record_statement", False, "how a statement was taken was written down"),
    ("file_warrant", False, "the form of an existing warrant was filed"),
    ("weigh_rival", False, "two people weighed away another lead on the same face"),
    ("decide_hold", False, "a legal adviser or a judge decided whether a held item may be used"),
    ("give_legal_view", False, "a legal adviser agreed to an action, or not"),
    ("file_line_up_form", False, "the form of a line-up was filed"),
    ("record_line_up", False, "a line-up was held"),
    ("file_papers", False, "the papers of an action were filed and checked"),
    ("record_outside_gate", False, "an action outside the gate was recorded"),
    ("record_without_face", False, "an action that stands without the face was recorded"),
    ("custody_began", True, "somebody was taken into custody: the clock of the re-check runs"),
    ("record_recheck", False, "a test was made in custody"),
    ("record_release", False, "a person was released"),
    ("sentence_repeated", True, "a signer's sentence was used before: an alarm"),
    ("gatecheck_differs", True, "the independent re-check came to another answer: an alarm"),
    ("register_log_key", True, "the house made a key with which it signs its log, its bundles or its certificates"),
    ("log_stalled", True, "entries wait too long for their place in the log: an alarm"),
    ("set_witnesses", True, "an administrator said who has to see the log"),
    ("witness_refused", True, "a witness saw another log than the one that it was shown: an alarm"),
    ("witnesses_silent", True, "witnesses have not seen the log for too long, countersigning stops: an alarm"),
    ("export_bundle", True, "a bundle of a case was made for somebody outside"),
    ("want_bundle", True, "a legal adviser asked for a bundle of a case"),
    ("bundle_not_made", True, "a bundle that was asked for could not be made"),
    ("fetch_bundle", False, "a legal adviser took the file of a bundle along"),
    ("disseminate", True, "something about a case left the agency: what, to whom, why"),
    ("give_notice_of_use", True, "a prosecutor gave the defence notice that a face search was used"),
    ("use_in_court", True, "a prosecutor said that a face result is used at a stage of court"),
    ("take_discovery", True, "a court's request for discovery was taken"),
    ("answer_item", True, "an item of such a request was answered"),
    ("serve_discovery", True, "what left the agency for such a request was served"),
    ("file_receipt", True, "the receipt of what was served was filed"),
    ("issue_certificate", True, "a certificate of a countersignature was issued, to whom and why"),
    ("check_certificate", True, "a certificate was looked up, and what was answered"),
    ("audit_search", False, "an auditor searched the record: what was asked, and how many entries were shown"),
    ("audit_download", False, "an auditor took entries of the record along: what was asked, how many, and the hash of the file"),
    ("gatecheck_done", True, "the independent re-check went through everything that was answered"),
    ("seal_seeds", True, "what is known of seeds was sealed, by commitments"),
    ("reveal_seeds", True, "decided seeds were revealed"),
    ("practise", True, "a reviewer rated a practice pair"),
    ("known_case_ended", False, "what was supported in a known case ended without a lead"),
    ("ask", True, "an action on a lead was asked for"),
    ("countersign", True, "a supervisor signed, or it was refused"),
    ("start", True, "a countersigned action started"),
    ("gates_disagree", True, "the two gates answered differently: an alarm"),
    ("close", True, "a person closed a case"),
    ("expire", True, "a case closed by the policy's time"),
    ("destroy", True, "the pictures of a case were given up, with their receipt"),
    ("keys_destroyed", True, "the keystore holds none of their keys any more"),
    ("set_legal_hold", True, "nothing of an investigation is destroyed until this is lifted"),
    ("lift_legal_hold", True, "a legal adviser lifted a legal hold, on its document"),
    ("propose_policy", False, "a policy was proposed"),
    ("adopt_policy", True, "two people adopted a policy"),
    ("meet_obligation", True, "a manager said that an obligation was met, with its document"),
    ("enrol", False, "faces were enrolled in a gallery"),
    ("register_gallery", False, "a gallery was registered"),
    ("register_non_mates", False, "known non-mates were registered in an agency's pool"),
    ("register_source", False, "a source system was given a key"),
    ("appoint", False, "a person was given a role, a unit or a training"),
    ("record_test", False, "a person's answers in a supervised test on known cases were recorded"),
    ("job_given_up", False, "a job was given up after its last attempt"),
    ("try_job_again", True, "a manager had a job tried again that was given up"),
    ("sign_in", False, "a person signed in"),
    ("sign_in_failed", False, "a try to sign in failed"),
    ("sign_out", False, "a person signed out"),
    ("second_factor", False, "a person set up or removed a second factor"),
    ("look", True, "a person looked at a face"),
    ("refused", True, "an act was refused, with its reasons"),
)


def write_reference_rows(apps, schema_editor):
    apps.get_model("ledger", "Clock").objects.using(schema_editor.connection.alias).create(ahead_by=timedelta(0))
    kind = apps.get_model("ledger", "Kind")
    kind.objects.using(schema_editor.connection.alias).bulk_create(
        kind(kind=name, function_only=closed, meaning=meaning) for name, closed, meaning in KINDS
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        promise("ledger", "0002_an_entry_is_written_once"),
        promise("ledger", "0003_an_entry_has_one_place_in_the_log"),
        promise("ledger", "0004_what_witnesses_saw_is_kept"),
        promise("ledger", "0005_an_auditor_finds_entries_without_reading_all"),
        migrations.RunPython(write_reference_rows, elidable=False),
    ]
