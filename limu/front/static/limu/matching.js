// The keys of the matching desk. Everything they do is a plain link or form that works without them.
(() => {
  "use strict";
  const one = () => document.querySelector("[data-case]");
  const click = (found) => found && found.click();
  const choose = (number) => {
    const found = one() && one().querySelectorAll("input[type=radio]")[number - 1];
    if (found) {
      found.checked = true;
      found.closest(".candidate").scrollIntoView({ block: "nearest" });
    }
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=radio]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
      return;
    }
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      click(document.querySelector(`a[data-step="${key}"]`));
    } else if (key === "y" || key === "n") {
      click(one() && one().querySelector(`[data-key="${key}"]`));
    } else if (key === "u") {
      click(document.querySelector('[data-key="u"]'));
    } else if (/^[1-9]$/.test(key)) {
      choose(Number(key));
    } else {
      return;
    }
    event.preventDefault();
  });
  const current = document.querySelector(".queue [aria-current]");
  if (current) {
    const list = current.closest(".queue");
    list.scrollTop = Math.max(0, current.offsetTop - list.clientHeight / 3);
  }
})();
