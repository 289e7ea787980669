// Light, dark, or as the system has it; remembered on this machine.

const KEY = "playground-theme";
const ORDER = ["auto", "light", "dark"];

/** The theme that was chosen last. */
export function theme() {
  const held = document.documentElement.dataset.theme;
  return ORDER.includes(held) ? held : "auto";
}

function apply(name) {
  document.documentElement.dataset.theme = name;
}

export function nextTheme() {
  const name = ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length];
  apply(name);
  localStorage.setItem(KEY, name);
}

const remembered = localStorage.getItem(KEY);
if (ORDER.includes(remembered)) apply(remembered);
