// Focus that outlives a redraw or a dialog: the control with the same place gets it back, with its selection.

/** What stands at the place of a control that has been drawn again. */
function again(root, scope, place) {
  const within = scope ? root.querySelector(`[data-ts="${CSS.escape(scope)}"]`) : root;
  if (!place) return within?.matches("article") ? within : null;
  // A block may come back under another block_id: then the element of the same action_id is meant.
  const action = place.slice(place.indexOf("|"));
  const found = within?.querySelector(`[data-focus="${CSS.escape(place)}"]`) ?? within?.querySelector(`[data-focus$="${CSS.escape(action)}"]`);
  return found ?? (within?.matches("article") ? within : null);
}

const scopeOf = (node) => node.closest("[data-ts]")?.dataset.ts;

/** Runs `draw` and gives the focus back to what has the same `data-focus` in `root`. */
export function keepingFocus(root, draw) {
  const before = root.contains(document.activeElement) ? document.activeElement : null;
  const scope = before && scopeOf(before);
  const place = before?.dataset.focus;
  const selection = before && "selectionStart" in before ? [before.selectionStart, before.selectionEnd] : null;
  draw();
  if (!before || before.isConnected) {
    // A node that is put back in its place has lost its focus.
    if (before && document.activeElement !== before) before.focus({ preventScroll: true });
    return;
  }
  const after = again(root, scope, place);
  if (!after) {
    root.focus({ preventScroll: true });
    return;
  }
  after.focus({ preventScroll: true });
  if (selection?.[0] !== null && selection && after.setSelectionRange && after.type !== "email") after.setSelectionRange(...selection);
}

/** Remembers what has the focus now; calling what is given back focuses it, or what is in its place by then. */
export function returning() {
  const before = document.activeElement;
  const pane = before?.closest("main, aside") ?? document.body;
  const scope = before && scopeOf(before);
  const place = before?.dataset?.focus;
  return () => {
    const after = before?.isConnected && before !== document.body ? before : again(pane, scope, place);
    const to = after ?? document.getElementById("composer-text");
    // A closing dialog gives the focus back itself, but without a caret: what is typed would be lost.
    to?.blur();
    to?.focus();
  };
}
