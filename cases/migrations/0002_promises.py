"""The promises about a file, and the table that its moves follow."""

from django.db import migrations

from cases.states import MOVES
from ledger.promises import promise


def write_the_table(apps, schema_editor):
    transition = apps.get_model("cases", "Transition")
    transition.objects.using(schema_editor.connection.alias).bulk_create(
        transition(act=move.act, source=move.source, target=move.target, mover=move.mover) for move in MOVES
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("people", "0002_promises")]
    operations = [
        migrations.RunPython(write_the_table, elidable=False),
        promise("cases", "0001_a_case_moves_along_the_table"),
        promise("cases", "0002_no_move_without_its_entry"),
        promise("cases", "0003_what_is_on_file_stays_as_it_is"),
        promise("cases", "0004_cases_are_opened_at_three_doors"),
        promise("cases", "0005_a_list_is_attached_once"),
        promise("cases", "0006_a_refusal_is_a_fact"),
        promise("cases", "0007_two_people_adopt_a_policy"),
        promise("cases", "0008_an_investigation_is_the_whole_linked_set"),
        promise("cases", "0009_who_may_do_what_to_a_file"),
        promise("cases", "0010_a_job_that_was_given_up_is_tried_again"),
        promise("cases", "0011_an_obligation_is_met_with_its_document"),
        promise("cases", "0012_links_and_screenings_are_dated_after_the_lock"),
        promise("cases", "0013_no_case_is_eligible_without_its_screening"),
        promise("cases", "0014_a_batch_is_many_results"),
        promise("cases", "0015_a_probe_is_found_again"),
        promise("cases", "0016_nothing_is_destroyed_under_a_legal_hold"),
        promise("cases", "0017_a_fact_asks_its_machine_itself"),
        promise("cases", "0018_the_planner_knows_how_rare_a_number_is"),
        promise("cases", "0019_a_time_is_of_these_centuries"),
        promise("cases", "0020_the_house_says_how_late_it_is"),
    ]
