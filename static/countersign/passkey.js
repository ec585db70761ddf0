// Asks the browser for a passkey and sends what it signs. Without it codes work as before; nothing is decided here.
"use strict";
const form = document.querySelector("[data-passkey]");
if (form) {
  const refused = form.querySelector("[data-passkey-refused]");
  const ids = { credential: form.querySelector("[name=credential]").id, data: "passkey-options" };
  form.addEventListener("submit", (event) => { event.preventDefault(); refused.hidden = true; }); // the button asks the browser first and sends the form after
  document.addEventListener("allauth.error", (event) => { event.preventDefault(); refused.hidden = false; });
  if (form.dataset.passkey === "add") allauth.webauthn.forms.addForm({ ids: { ...ids, add: "passkey" } });
  else allauth.webauthn.forms.authenticateForm({ ids: { ...ids, authenticate: "passkey" } });
}
