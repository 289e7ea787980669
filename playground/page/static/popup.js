// Lists and menus in the top layer, placed at what opened them.

const GAP = 4;

/** Puts an open popover under its anchor, or over it where there is more room. */
export function placeOver(popup, anchor) {
  const at = anchor.getBoundingClientRect();
  const below = innerHeight - at.bottom - 2 * GAP;
  const above = at.top - 2 * GAP;
  popup.style.minWidth = `${Math.min(at.width, innerWidth - 2 * GAP)}px`;
  const under = below >= Math.min(popup.scrollHeight, 240) || below >= above;
  popup.style.maxHeight = `${Math.max(Math.min(under ? below : above, 320), 80)}px`;
  const { width, height } = popup.getBoundingClientRect();
  popup.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`;
  popup.style.top = `${under ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height)}px`;
}
