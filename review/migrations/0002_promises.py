"""The promises of the human floor: its tables of kinds, actions and moves, and the gate, one safeguard a file."""

from django.db import migrations

from ledger.promises import promise
from review.rules.actions import ACTIONS
from review.rules.kinds import KINDS
from review.states import COUNTERSIGNATURE_MOVES


def write_the_tables(apps, schema_editor):
    kind = apps.get_model("review", "EvidenceKind")
    kind.objects.using(schema_editor.connection.alias).bulk_create(
        kind(kind=k.name, channel=k.channel, traits=sorted(k.traits)) for k in KINDS.values()
    )
    action = apps.get_model("review", "Action")
    action.objects.using(schema_editor.connection.alias).bulk_create(
        action(
            action=a.code,
            name=a.name,
            demands=list(a.demands),
            standing_apart=a.standing_apart,
            arrest_like=a.arrest_like,
            takes_into_custody=a.takes_into_custody,
        )
        for a in ACTIONS.values()
    )
    transition = apps.get_model("review", "CountersignatureTransition")
    transition.objects.using(schema_editor.connection.alias).bulk_create(
        transition(act=move.act, source=move.source, target=move.target) for move in COUNTERSIGNATURE_MOVES
    )


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("cases", "0002_promises")]
    operations = [
        migrations.RunPython(write_the_tables, elidable=False),
        promise("review", "0001_one_person_holds_one_part"),
        promise("review", "0016_known_non_mates_stand_among_the_candidates"),
        promise("review", "0002_a_reviewer_is_drawn"),
        promise("review", "0003_no_person_concludes_twice"),
        promise("review", "0004_a_lead_needs_its_conclusions"),
        promise("review", "0005_what_people_found_stays"),
        promise("review", "0006_the_gates_facts_are_written_under_the_lock"),
        promise("review", "0007_who_saw_a_candidate"),
        promise("review", "gate/g1_eligible"),
        promise("review", "gate/g2_probe_fit"),
        promise("review", "gate/g3_reviewers_independent"),
        promise("review", "gate/g4_conclusions_support"),
        promise("review", "0019_a_decision_is_of_what_was_on_file"),
        promise("review", "gate/items_weighed"),
        promise("review", "gate/g5_line_up_fair"),
        promise("review", "gate/g6_exculpatory_closed"),
        promise("review", "gate/g7_stands_apart"),
        promise("review", "gate/g8_disclosed"),
        promise("review", "gate/g10_custody_rechecked"),
        promise("review", "gate/reasons"),
        promise("review", "gate/stands_without_the_face"),
        promise("review", "0008_a_countersignature_needs_its_rows"),
        promise("review", "0010_the_system_writes_edges_itself"),
        promise("review", "0011_whoever_writes_a_row_holds_the_role"),
        promise("review", "0012_the_database_dates_each_row"),
        promise("review", "0013_a_persons_move_has_its_rows"),
        promise("review", "0014_no_fact_without_its_entry"),
        promise("review", "0015_a_stop_of_a_candidate_is_linked"),
        promise("review", "0017_what_stands_without_the_face_does"),
        promise("review", "0020_a_seed_never_becomes_a_lead"),
        promise("review", "0021_seeds_are_revealed_in_batch"),
        promise("review", "0024_seeds_enter_by_themselves"),
        promise("review", "0022_practice_stands_apart"),
        promise("review", "0030_a_reviewer_steps_back"),
        promise("review", "0032_a_turn_goes_back_to_the_lot"),
        promise("review", "0023_what_waits_is_a_small_table"),
        promise("review", "0025_notes_are_found_by_their_words"),
        promise("review", "0026_an_item_waits_on_its_desk"),
        promise("review", "0031_a_face_is_compared_feature_by_feature"),
        promise("review", "0033_each_face_gets_its_time"),
        promise("review", "0035_a_draft_is_its_reviewers_alone"),
        promise("review", "0060_one_case_in_fifty_is_examined_again"),
        promise("review", "0061_who_examines_again_has_the_same_desk"),
        promise("review", "0062_an_examination_again_only_warns"),
        promise("review", "0063_whoever_examined_again_holds_no_other_part"),
        promise("review", "0064_lots_are_counted_for_everybody"),
        promise("review", "0040_what_leaves_the_agency_is_on_file"),
        promise("review", "0041_a_certificate_is_worth_what_the_gate_says_now"),
        promise("review", "0042_a_court_is_answered_item_by_item"),
        promise("review", "0043_a_bundle_is_made_by_another_login"),
        promise("review", "0044_a_prosecutor_gives_notice_of_use"),
        promise("review", "0045_a_court_copy_goes_to_a_court_that_asked"),
        promise("review", "0046_a_use_in_court_is_on_file"),
        promise("review", "0050_what_happens_to_a_person_holds_the_pictures"),
        promise("review", "0009_who_may_do_what_as_a_person"),
    ]
