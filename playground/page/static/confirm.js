// The dialog before something that asks to be confirmed.

import { el, fresh } from "./dom.js";
import { text } from "./mrkdwn.js";

/** Whether the person confirms; at once when nothing asks for it. */
export function confirmed(confirm, reader) {
  if (!confirm || typeof confirm !== "object") return Promise.resolve(true);
  return new Promise((resolve) => {
    const title = fresh("confirm");
    const answer = (yes) => () => {
      resolve(yes);
      dialog.close();
    };
    const yes = confirm.style === "danger" ? "danger solid" : "primary";
    const dialog = el(
      "dialog",
      { class: "dialog confirm", "aria-labelledby": title, onclose: () => { resolve(false); dialog.remove(); } },
      el("h2", { id: title }, String(confirm.title?.text ?? "Are you sure?")),
      el("div", { class: "dialog-body" }, text(confirm.text, reader)),
      el(
        "div",
        { class: "dialog-foot" },
        el("button", { type: "button", class: "button", onclick: answer(false) }, String(confirm.deny?.text ?? "Cancel")),
        el("button", { type: "button", class: `button ${yes}`, onclick: answer(true) }, String(confirm.confirm?.text ?? "Yes")),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
