"use strict";
// Small comforts. Everything works without this file, and the server judges every answer.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type !== "checkbox" || !box.checked) return;
  const others = [...document.getElementsByName(box.name)].filter((other) => other !== box);
  const alone = "exclusive" in box.dataset;
  others.forEach((other) => {
    if (alone || "exclusive" in other.dataset) other.checked = false;
  });
});
document.querySelectorAll("form[data-once]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-once]").forEach((form) => delete form.dataset.sent);
});
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
document.querySelector(".error-summary")?.focus();
