"""The form of whatever leaves the agency. Types and lengths only; judgement is in the rules."""

from django import forms

PURPOSE = "What the recipient will do with it."
AUTHORITY = "The order, rule, agreement or request by which it is given."


class LeavingForm(forms.Form):
    """Who gets it, for what, by whose authority."""

    recipient = forms.CharField(label="Who gets it", max_length=200, help_text="The office first, then the person if it is one.")
    ori = forms.CharField(
        label="ORI of the recipient", max_length=20, required=False, help_text="Nine characters, as MI8234900. Empty where there is none."
    )
    purpose = forms.CharField(label="For what", max_length=500, help_text=PURPOSE)
    authority = forms.CharField(label="By whose authority", max_length=500, help_text=AUTHORITY)
