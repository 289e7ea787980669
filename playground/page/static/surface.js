// A message or view that can be touched: it tells the playground what its person does, and keeps what the page knows.

import { toast } from "./dom.js";
import { markup } from "./markup.js";

const FAILED = {
  timeout: "The app did not answer within 3 seconds (operation_timeout).",
  error: "The app answered with an error, or nobody was there (dispatch_failed).",
};

/** Says so when an app's answer is none. */
export function judge(ack) {
  if (ack && FAILED[ack.status]) toast(FAILED[ack.status]);
  return ack;
}

export class Surface {
  /** `target` is {channel, ts} or {view}; `reader` knows who reads, names and the zone. */
  constructor(live, target, reader) {
    this.live = live;
    this.target = target;
    this.reader = reader;
    this.state = {};
    this.typed = new Map(); // "block|action" to [block_id, action_id, text]: what stands in text inputs, untold
    this.kept = new Map();
    this.errors = {};
  }

  /** Where a block keeps what only the page knows: a table's sort, whether a container is folded. */
  keep(name) {
    if (!this.kept.has(name)) this.kept.set(name, {});
    return this.kept.get(name);
  }

  /** The state of one element: what the playground holds for it. */
  stateOf(block, element) {
    return this.state?.[block.block_id]?.[element.action_id] ?? {};
  }

  textOf(block, element) {
    const { value, rich_text_value: rich } = this.stateOf(block, element);
    return this.typed.get(`${block.block_id}|${element.action_id}`)?.[2] ?? value ?? markup(rich);
  }

  type(block, element, text) {
    this.typed.set(`${block.block_id}|${element.action_id}`, [block.block_id, element.action_id, text]);
  }

  /** Has the person do something here; what goes wrong is said in a toast, and null comes back. */
  async act(what, block, element, more = {}, control = null) {
    control?.setAttribute("aria-busy", "true");
    try {
      const place = { block: block.block_id, action: element.action_id };
      const result = await this.live.ask(what, { ...this.target, ...place, ...this.drafts(), ...more });
      return what === "suggestions" ? result : judge(result);
    } catch (error) {
      toast(error.message);
      return null;
    } finally {
      control?.removeAttribute("aria-busy");
    }
  }

  drafts() {
    return { typed_in: [...this.typed.values()] };
  }
}
