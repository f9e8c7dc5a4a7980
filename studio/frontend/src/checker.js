// Diagnostics while typing: posts the text to the studio's check route; the page itself is not run again.

/** Calls `done(diagnostics, milliseconds)` after each change has rested for `delay` milliseconds. */
export class Checker {
  constructor(done, failed, delay = 90) {
    this.done = done;
    this.failed = failed;
    this.delay = delay;
    this.since = 0;
  }

  /** `request` is {url, token, body}: what to ask; `since` the moment of the edit. */
  ask(request, since = performance.now(), delay = this.delay) {
    if (!this.since) this.since = since;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.post(request), delay);
  }

  async post({ url, token, body }) {
    this.pending?.abort();
    const mine = (this.pending = new AbortController());
    const since = this.since;
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Studio-Token": token },
        body: JSON.stringify(body),
        signal: mine.signal,
      });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const { diagnostics } = await answer.json();
      if (mine.signal.aborted) return;
      this.since = 0;
      this.done(diagnostics, performance.now() - since);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(String(error.message || error));
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.pending?.abort();
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
  const box = document.createElement("div");
  const message = box.appendChild(document.createElement("div"));
  message.textContent = finding.message;
  if (finding.hint) {
    const hint = box.appendChild(document.createElement("div"));
    hint.className = "cmi-hint";
    hint.textContent = finding.hint;
  }
  const code = box.appendChild(document.createElement("div"));
  code.className = "cmi-code";
  code.textContent = finding.code;
  return box;
}
