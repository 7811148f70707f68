"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const items = [...document.querySelectorAll(".finding")];
const stage = document.getElementById("stage");
const slider = document.getElementById("slider");
const root = document.documentElement;
let current = -1, place = 0, blinking = 0;

const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = (name) => { root.dataset.theme = name; };
theme(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));

// show puts one page with its boxes on a side.
function show(side, spot, other) {
  const sheet = document.querySelector(`#${side} .sheet`);
  const here = Boolean(spot && spot.page);
  if (!here) spot = { page: other && other.page };
  const picture = data.pictures[side][spot.page];
  sheet.replaceChildren();
  document.querySelector(`#${side} figcaption`).textContent =
    side.toUpperCase() + (spot.page ? `, page ${spot.page}` : "") + (here || !spot.page ? "" : ": it is not in this file");
  if (!picture) {
    sheet.textContent = here ? "This page is not among the pictures." : "It is not on a page of this file.";
    return;
  }
  const img = new Image();
  img.src = picture.src;
  img.alt = `${side.toUpperCase()}, page ${spot.page}`;
  sheet.append(img);
  for (const box of spot.boxes || []) {
    const mark = document.createElement("i");
    mark.style.left = `calc(${100 * box.x0 / picture.width}% - 3px)`;
    mark.style.top = `calc(${100 * box.y0 / picture.height}% - 3px)`;
    mark.style.width = `calc(${100 * (box.x1 - box.x0) / picture.width}% + 6px)`;
    mark.style.height = `calc(${100 * (box.y1 - box.y0) / picture.height}% + 6px)`;
    sheet.append(mark);
  }
  const first = sheet.querySelector("i");
  if (first) first.scrollIntoView({ block: "center", inline: "nearest" });
}

function select(index, at = 0) {
  if (!items[index]) return;
  if (items[current]) items[current].removeAttribute("aria-current");
  current = index;
  items[current].setAttribute("aria-current", "true");
  items[current].scrollIntoView({ block: "nearest" });
  const places = data.findings[current] || [];
  place = places.length ? (at + places.length) % places.length : 0;
  const spot = places[place] || {};
  show("a", spot.a, spot.b);
  show("b", spot.b, spot.a);
  document.getElementById("place").textContent = places.length ? `place ${place + 1} of ${places.length}` : "it is on no page";
}

// step goes to the next finding that is shown, forwards or back.
function step(by) {
  for (let i = current + by; items[i]; i += by) {
    if (!items[i].hidden) return select(i);
  }
}

function mix() {
  const share = slider.value / 100;
  document.getElementById("b").style.opacity = stage.className === "overlay" ? share : "";
}

// swap shows the other file of the two that blink.
const still = matchMedia("(prefers-reduced-motion: reduce)");
function swap() {
  const b = document.getElementById("b");
  b.style.visibility = b.style.visibility ? "" : "hidden";
}

function view(name) {
  stage.className = name;
  for (const b of document.querySelectorAll("[data-view]")) b.setAttribute("aria-pressed", String(b.dataset.view === name));
  document.getElementById("mix").style.visibility = name === "overlay" ? "visible" : "hidden";
  clearInterval(blinking);
  document.getElementById("b").style.visibility = "";
  if (name === "blink" && !still.matches) blinking = setInterval(swap, 500);
  mix();
}

function filter() {
  const on = new Set([...document.querySelectorAll(".counts input:checked")].map((box) => box.value));
  const expected = document.getElementById("expected");
  for (const item of items) {
    item.hidden = !on.has(item.dataset.class) || Boolean(expected && !expected.checked && item.classList.contains("masked"));
  }
  const first = items.findIndex((item) => !item.hidden);
  document.getElementById("none").hidden = first >= 0;
  document.getElementById("viewer").hidden = first < 0;
  if (first >= 0 && items[current].hidden) select(first);
}

items.forEach((item, i) => item.addEventListener("click", () => select(i)));
document.querySelectorAll("[data-view]").forEach((b) => b.addEventListener("click", () => view(b.dataset.view)));
document.querySelectorAll(".counts input").forEach((box) => box.addEventListener("change", filter));
if (slider) slider.addEventListener("input", mix);
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || !stage || e.target === slider) return;
  const keys = {
    j: () => step(1), k: () => step(-1), n: () => select(current, place + 1), p: () => select(current, place - 1),
    1: () => view("side"), 2: () => view("overlay"), 3: () => view("blink"),
    d: () => theme(root.dataset.theme === "dark" ? "light" : "dark"),
    " ": () => { if (stage.className === "blink" && e.target.tagName !== "INPUT") { clearInterval(blinking); swap(); e.preventDefault(); } },
    Enter: () => select(items.indexOf(document.activeElement)),
  };
  if (Object.hasOwn(keys, e.key)) keys[e.key]();
});
if (stage) { view("side"); select(0); }
