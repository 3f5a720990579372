// Two sliders beside the two fields for days. Without this file the date fields and the button do the same.

const DAY = 86400000;
const form = document.getElementById("clocks");

export const day = (text) => Math.round(Date.parse(text + "T00:00:00Z") / DAY);
export const date = (number) => new Date(number * DAY).toISOString().slice(0, 10);

/** The query that the form stands for. */
export function query() {
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) values.set(name, value);
  return values;
}

/** Set a clock to a day and let everybody know. */
export function set(name, text) {
  form.elements[name].value = text;
  draw(name);
  form.elements[name].dispatchEvent(new Event("change", { bubbles: true }));
}

function draw(name) {
  const slider = document.getElementById(name + "-slider");
  slider.value = day(form.elements[name].value);
  slider.setAttribute("aria-valuetext", form.elements[name].value);
}

if (form) {
  const first = day(form.dataset.first), last = day(form.dataset.today);
  for (const slider of form.querySelectorAll(".slider")) {
    const name = slider.dataset.for;
    const field = form.elements[name];
    slider.min = Math.min(first, day(field.value));
    slider.max = Math.max(last, day(field.value));
    slider.hidden = false;
    draw(name);
    slider.addEventListener("input", () => {
      field.value = date(Number(slider.value));
      slider.setAttribute("aria-valuetext", field.value);
    });
    slider.addEventListener("keydown", (event) => {
      const step = { PageUp: 30, PageDown: -30 }[event.key];
      if (!step) return;
      event.preventDefault();
      slider.value = Number(slider.value) + step;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      slider.dispatchEvent(new Event("change", { bubbles: true }));
    });
    field.addEventListener("change", () => field.checkValidity() && draw(name));
  }
  form.querySelector(".submit").hidden = true;
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[inputmode]")) {
      event.preventDefault();
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  document.documentElement.dataset.clocks = "ready";
}
