"use strict";
// Passkeys. Without this file, or where a browser knows none, their buttons stay hidden.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

async function make(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const made = await navigator.credentials.create({
    publicKey: { ...options, user, challenge: bytes(options.challenge), excludeCredentials: known(options.excludeCredentials) },
  });
  return answer(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports ? made.response.getTransports() : [],
  });
}

async function use(options) {
  const used = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) },
  });
  return answer(used, {
    authenticatorData: text(used.response.authenticatorData),
    signature: text(used.response.signature),
    userHandle: used.response.userHandle ? text(used.response.userHandle) : null,
  });
}

function answer(key, response) {
  return JSON.stringify({
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: { ...response, clientDataJSON: text(key.response.clientDataJSON) },
  });
}

const WORDS = {
  InvalidStateError: "There is a passkey for you on this device already.",
  NotAllowedError: "No passkey was used. Try again, or choose another way.",
};

if (window.PublicKeyCredential && navigator.credentials) {
  document.querySelectorAll("[data-passkey]").forEach((button) => {
    button.hidden = false;
    button.form.querySelectorAll("[data-passkey-or]").forEach((words) => { words.hidden = false; });
    button.addEventListener("click", async () => {
      const said = button.form.querySelector("[data-passkey-said]");
      said.hidden = true;
      try {
        const options = JSON.parse(button.dataset.options);
        button.form.elements[button.dataset.into].value = await (button.dataset.passkey === "create" ? make(options) : use(options));
        button.form.submit();
      } catch (problem) {
        said.textContent = WORDS[problem.name] || "The passkey could not be used here. Try again, or choose another way.";
        said.hidden = false;
      }
    });
  });
}
