"""A page that has passed is asked of axe again where anything that axe judges by is new on it."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Walker

pytestmark = pytest.mark.django_db(transaction=True)
FAULTS = {
    "image-alt": "document.querySelector('main').append(document.createElement('img'))",
    "label": "document.querySelector('label[for]').removeAttribute('for')",
    "label that points to nothing": "document.querySelector('label[for]').htmlFor = 'nowhere'",
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
    "color-contrast of a style sheet": "document.styleSheets[0].insertRule('h1 { color: #c6c9cc !important }')",
    "meta-viewport": "document.querySelector('meta[name=viewport]').setAttribute('content', 'user-scalable=no')",
}
SMALL = "padding: 0 !important; margin: 0 !important; gap: 0 !important; font-size: 5px !important"
NARROW_FAULTS = {
    "link-in-text-block": "main p a { text-decoration: none !important; color: #303030 !important }",
    "color-contrast": "h1 { color: #c6c9cc !important }",
    "target-size": f"nav * {{ {SMALL} }}",
    "page-has-heading-one": "h1 { display: none !important }",
}


def test_a_fault_on_a_page_that_has_passed_is_seen(walker: Callable[..., Walker]) -> None:
    dana = walker("dana").go("/requests/new")
    assert not dana.passed.lacks(dana.pieces())
    seen = {}
    for fault, does in FAULTS.items():
        dana.page.goto("/requests/new")
        dana.page.evaluate(does)
        try:
            dana.check()
        except AssertionError as found:
            seen[fault] = str(found)
    assert {fault: seen.get(fault, "")[:300] for fault in FAULTS if f" {fault.split()[0]} - " not in seen.get(fault, "")} == {}
    dana.go("/requests/new")


def test_pale_text_that_was_covered_when_the_page_passed_is_seen(walker: Callable[..., Walker]) -> None:
    dana = walker("dana").go("/requests/new")
    dana.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<div class=covers><p>Pale words in here</p></div>')"
    )
    insert = "rule => document.styleSheets[0].insertRule(rule)"
    dana.page.evaluate(insert, ".covers { height: 0; overflow: hidden; color: #ddd }")
    dana.check()
    dana.page.evaluate(insert, ".covers { height: auto !important; overflow: visible !important }")
    with pytest.raises(AssertionError, match=" color-contrast - "):
        dana.check()


CHANGED = {  # what passes, and what is changed of it without anything being added
    "landmark-unique": (
        "add('<section aria-labelledby=one-way><h2 id=one-way>One</h2></section><section aria-labelledby=other-way><h2 id=other-way>Other</h2></section>')",
        "document.getElementById('other-way').textContent = 'One'",
    ),
    "definition-list": ("add('<dl class=told><dt>Who</dt><dd>Nobody</dd></dl>')", "document.querySelector('.told dt').remove()"),
    "color-contrast": (
        "add('<p class=told>x</p>'); document.querySelector('.told').style.color = '#c6c9cc'",
        "document.querySelector('.told').textContent = 'Pale words in here'",
    ),
    "skip-link": ("document.querySelector('a').href = '/#main'", "document.querySelector('a').href = '/#nowhere'"),
}


def test_a_fault_that_comes_with_a_change_of_what_has_passed_is_seen(walker: Callable[..., Walker]) -> None:
    dana = walker("dana")
    for rule, (passes, changed) in CHANGED.items():
        dana.go("/requests/new")
        dana.page.evaluate(
            f"() => {{ const add = html => document.querySelector('main').insertAdjacentHTML('beforeend', html); {passes} }}"
        )
        dana.check()
        dana.page.evaluate(changed)
        with pytest.raises(AssertionError, match=f" {rule} - "):
            dana.check()


@pytest.mark.parametrize("rule", NARROW_FAULTS)
def test_a_fault_that_is_there_only_narrow_is_seen(walker: Callable[..., Walker], rule: str) -> None:
    dana = walker("dana").go("/requests/new")
    link = "<p>Before you ask, read <a href='/policy'>what the law says</a> of it.</p>"
    dana.page.evaluate("link => document.querySelector('main').insertAdjacentHTML('beforeend', link)", link)
    dana.check().picture("narrow")
    dana.page.evaluate("rule => document.styleSheets[0].insertRule(rule)", f"@media (max-width: 500px) {{ {NARROW_FAULTS[rule]} }}")
    dana.check()
    with pytest.raises(AssertionError, match=f" {rule} - "):
        dana.picture("narrow")


def test_what_cannot_be_used_may_be_pale_and_nothing_else(walker: Callable[..., Walker]) -> None:
    dana = walker("dana").go("/requests/new")
    button = "document.querySelector('main [type=submit]')"
    dana.page.evaluate(f"Object.assign({button}.style, {{ color: '#c6c9cc', background: '#fff' }}); {button}.disabled = true")
    dana.check()
    dana.page.evaluate(f"{button}.disabled = false")
    with pytest.raises(AssertionError, match=" color-contrast - "):
        dana.check()
