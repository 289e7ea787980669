// Focus that outlives a redraw: the control with the same place gets it back, with its selection.

/** Runs `draw` and gives the focus back to what has the same `data-focus` in `root`. */
export function keepingFocus(root, draw) {
  const before = root.contains(document.activeElement) ? document.activeElement : null;
  const scope = before?.closest("[data-ts]")?.dataset.ts;
  const place = before?.dataset.focus;
  const selection = before && "selectionStart" in before ? [before.selectionStart, before.selectionEnd] : null;
  draw();
  if (!before || before.isConnected) {
    // A node that is put back in its place has lost its focus.
    if (before && document.activeElement !== before) before.focus({ preventScroll: true });
    return;
  }
  const within = scope ? root.querySelector(`[data-ts="${CSS.escape(scope)}"]`) : root;
  // A block may come back under another block_id: then the element of the same action_id is meant.
  const action = place?.slice(place.indexOf("|"));
  const after = place && (within?.querySelector(`[data-focus="${CSS.escape(place)}"]`) ?? within?.querySelector(`[data-focus$="${CSS.escape(action)}"]`));
  if (!after) {
    root.focus({ preventScroll: true });
    return;
  }
  after.focus({ preventScroll: true });
  if (selection?.[0] !== null && selection && after.setSelectionRange && after.type !== "email") after.setSelectionRange(...selection);
}
