// Diagnostics while typing: posts the text to a route of the studio, which saves it and answers with the compiler's
// findings; the page itself is not run again.

import { element, prose } from "./dom.js";

export class Checker {
  /** `done(answer, milliseconds since the edit)` hears of each answer that is not overtaken, `failed(why)` of the rest. */
  constructor(done, failed, delay = 90) {
    Object.assign(this, { done, failed, delay, since: 0, asked: 0 });
  }

  /** Asks once edits have rested for `delay` milliseconds; `request` is {url, token, body: () => what to send}. */
  ask(request, delay = this.delay) {
    this.since = performance.now();
    clearTimeout(this.timer);
    if (delay) this.timer = setTimeout(() => this.post(request), delay);
    else this.post(request);
  }

  /** One request at a time, in the order of the edits: an older text never overwrites a newer one. */
  async post({ url, token, body }) {
    const mine = ++this.asked;
    const since = this.since;
    const content = (this.newest = body());
    const before = this.last;
    let finish;
    this.last = new Promise((resolve) => (finish = resolve));
    await before;
    try {
      const overtaken = mine !== this.asked && this.newest.file === content.file && "text" in this.newest;
      if (overtaken) return;
      const answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Studio-Token": token },
        body: JSON.stringify(content),
      });
      if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message || `HTTP ${answer.status}`);
      const found = await answer.json();
      if (mine === this.asked) this.done(found, performance.now() - since);
    } catch (error) {
      if (mine === this.asked) this.failed(String(error.message || error));
    } finally {
      finish();
    }
  }
}

/** The compiler's findings as CodeMirror's: places become offsets, hints a second line. */
export function toMarks(doc, diagnostics) {
  return diagnostics.map((finding) => {
    const from = offset(doc, finding.line, finding.column);
    let to = finding.end ? offset(doc, finding.end.line, finding.end.column) : from;
    if (to <= from) to = wordEnd(doc, from);
    return {
      from: Math.min(from, to),
      to,
      severity: finding.severity === "error" || finding.severity === "warning" ? finding.severity : "info",
      message: finding.message,
      source: finding.code,
      renderMessage: () => tooltip(finding),
    };
  });
}

function offset(doc, line, column) {
  const at = doc.line(Math.max(1, Math.min(line || 1, doc.lines)));
  return Math.min(at.from + Math.max(0, (column || 1) - 1), at.to);
}

function wordEnd(doc, from) {
  const line = doc.lineAt(from);
  const word = /^[$\w]+|^\s*\S/.exec(line.text.slice(from - line.from));
  return Math.min(from + (word ? word[0].length : 1), line.to);
}

function tooltip(finding) {
  const box = element("div");
  box.appendChild(prose("div", "", finding.message));
  if (finding.hint) box.appendChild(prose("div", "cmi-hint", finding.hint));
  return box;
}
