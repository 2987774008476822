"use strict";
// Warns before an idle session ends, and covers the page once it has: what was typed stays where it is.
const bar = document.querySelector("[data-idle]");
const page = document.getElementById("content");
const button = bar.querySelector("[data-stay]");
const WARNED = 120;
let ends = Date.now() + Number(bar.dataset.idle) * 1000;
const show = (left) => {
  const over = left <= 0;
  bar.hidden = left > WARNED;
  page.hidden = over;
  bar.querySelector("[data-soon]").hidden = over;
  bar.querySelector("[data-over]").hidden = !over;
  bar.querySelector("[data-left]").textContent = String(Math.max(0, Math.ceil(left)));
  button.textContent = over ? "Show the page again" : "Stay signed in";
};
button.addEventListener("click", async () => {
  const answer = await fetch("/staff/here", { redirect: "manual", cache: "no-store" });
  if (answer.status !== 204) return;
  ends = Date.now() + Number(bar.dataset.idle) * 1000;
  show(WARNED + 1);
});
window.setInterval(() => show((ends - Date.now()) / 1000), 1000);
