"""A page that has passed is asked of axe again where anything that axe judges by is new on it."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Walker

pytestmark = pytest.mark.django_db(transaction=True)
FAULTS = {
    "image-alt": "document.querySelector('main').append(document.createElement('img'))",
    "label": "document.querySelector('label[for]').removeAttribute('for')",
    "button-name": "document.querySelector('main [type=submit]').textContent = ''",
    "link-name": "document.querySelector('nav a').textContent = ' '",
    "heading-order": "document.querySelector('h1').insertAdjacentHTML('afterend', '<h4>Four</h4>')",
    "page-has-heading-one": "document.querySelector('h1').outerHTML = '<p>One</p>'",
    "document-title": "document.title = ''",
    "html-has-lang": "document.documentElement.removeAttribute('lang')",
    "list": "document.querySelector('nav ul').append(document.createElement('div'))",
    "nested-interactive": "document.querySelector('main [type=submit]').innerHTML = '<a href=\"/\">Send</a>'",
    "target-size": "document.querySelectorAll('nav *').forEach(e => Object.assign(e.style, { padding: 0, margin: 0, gap: 0, fontSize: '5px' }))",
    "color-contrast": "document.querySelector('h1').style.color = '#c6c9cc'",
    "meta-viewport": "document.querySelector('meta[name=viewport]').setAttribute('content', 'user-scalable=no')",
}


def test_a_fault_on_a_page_that_has_passed_is_seen(walker: Callable[..., Walker]) -> None:
    dana = walker("dana").go("/requests/new")
    assert not dana.passed.lacks(dana.pieces())
    seen = {}
    for rule, does in FAULTS.items():
        dana.page.goto("/requests/new")
        dana.page.evaluate(does)
        try:
            dana.check()
        except AssertionError as fault:
            seen[rule] = str(fault)
    assert {rule: seen.get(rule, "")[:300] for rule in FAULTS if f" {rule} - " not in seen.get(rule, "")} == {}
    dana.go("/requests/new")
