// The keys of the matching desk. Everything they do is a plain form that works without them.
(() => {
  "use strict";
  const cases = () => [...document.querySelectorAll("[data-case]")];
  const here = () => {
    const active = document.activeElement;
    const inside = active && active.closest ? active.closest("[data-case]") : null;
    return inside || cases()[0] || null;
  };
  const step = (by) => {
    const all = cases();
    const active = document.activeElement;
    const inside = active && active.closest ? active.closest("[data-case]") : null;
    const at = inside ? all.indexOf(inside) + by : by > 0 ? 0 : all.length - 1;
    const next = all[Math.max(0, Math.min(all.length - 1, at))];
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  };
  const press = (key) => {
    const one = here();
    const button = one && one.querySelector(`[data-key="${key}"]`);
    if (button) {
      button.click();
    }
  };
  const choose = (number) => {
    const one = here();
    const found = one && one.querySelectorAll("input[type=radio]")[number - 1];
    if (found) {
      found.checked = true;
    }
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=radio]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
      return;
    }
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      step(key === "j" ? 1 : -1);
    } else if (key === "y" || key === "n") {
      press(key);
    } else if (/^[1-5]$/.test(key)) {
      choose(Number(key));
    } else {
      return;
    }
    event.preventDefault();
  });
})();
