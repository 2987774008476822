"use strict";
// On the clinic's tablet: when nobody touches it for two minutes, the form is closed and forgotten.
const form = document.querySelector("[data-idle-form]");
const warning = document.querySelector("[data-idle-warning]");
const IDLE = 120;
const WARNED = 30;
if (document.querySelector("[data-forget]")) window.sessionStorage.clear();
else if (form) window.sessionStorage.setItem("tablet", "yes");
if (window.sessionStorage.getItem("tablet")) {
  let left = IDLE;
  const touched = () => {
    left = IDLE;
    if (warning) warning.hidden = true;
  };
  ["pointerdown", "keydown", "input", "scroll", "touchstart"].forEach((kind) => {
    window.addEventListener(kind, touched, { passive: true });
  });
  window.setInterval(() => {
    left -= 1;
    if (warning) {
      warning.hidden = left > WARNED;
      warning.querySelector("[data-idle-left]").textContent = String(Math.max(left, 0));
    }
    if (left !== 0) return;
    if (form) form.submit();
    else window.location.replace("/s/tablet");
  }, 1000);
  // A page that the browser kept shows nothing of the last person.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.replace("/s/tablet");
  });
}
