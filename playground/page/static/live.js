// The one connection to the playground: asks and their replies, and what is told besides. It comes back by itself.

const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 5000;

export class Live extends EventTarget {
  #socket = null;
  #asks = new Map();
  #count = 0;
  #pause = FIRST_PAUSE;

  /** Connects; from then on each thing told is an event of its type, and `up` and `down` tell of the connection. */
  connect() {
    const socket = new WebSocket(`ws://${location.host}/live`);
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#hear(JSON.parse(event.data)));
    socket.addEventListener("open", () => {
      this.#pause = FIRST_PAUSE;
      this.dispatchEvent(new Event("up"));
    });
    socket.addEventListener("close", () => {
      for (const { reject } of this.#asks.values()) reject(new Error("The playground does not answer."));
      this.#asks.clear();
      this.dispatchEvent(new Event("down"));
      setTimeout(() => this.connect(), this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    });
  }

  /** Asks the playground to do something; rejects with its sentence when it does not. */
  ask(what, more = {}) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        reject(new Error("The playground does not answer."));
        return;
      }
      const ask = ++this.#count;
      this.#asks.set(ask, { resolve, reject });
      this.#socket.send(JSON.stringify({ ask, do: what, ...more }));
    });
  }

  #hear(told) {
    if (told.type !== "reply") {
      this.dispatchEvent(new CustomEvent(told.type, { detail: told }));
      return;
    }
    const waiting = this.#asks.get(told.ask);
    this.#asks.delete(told.ask);
    if (told.ok) waiting?.resolve(told.result);
    else waiting?.reject(new Error(told.error));
  }
}
