// The list of findings under the editor: all files of the project, each a button that goes to its place.

import { element, prose } from "./dom.js";

export function renderProblems(list, diagnostics, file, texts, go) {
  list.replaceChildren();
  const errors = diagnostics.filter((finding) => finding.severity === "error").length;
  const head = list.appendChild(element("div", "cmi-problems-head"));
  const state = errors ? "error" : diagnostics.length ? "warning" : "ok";
  head.dataset.state = state;
  head.appendChild(element("span", `cmi-dot cmi-${state}`));
  head.appendChild(element("span", "", title(errors, diagnostics.length - errors, texts)));
  const rows = list.appendChild(element("ol", "cmi-rows"));
  for (const finding of diagnostics) {
    const button = rows.appendChild(element("li")).appendChild(element("button", "cmi-row"));
    button.type = "button";
    button.appendChild(element("span", `cmi-dot cmi-${finding.severity}`));
    const body = button.appendChild(element("span", "cmi-body"));
    body.appendChild(prose("span", "cmi-message", finding.message));
    if (finding.hint) body.appendChild(prose("span", "cmi-hint", finding.hint));
    const place = finding.file === file ? `${texts.line} ${finding.line}` : `${finding.file}:${finding.line}`;
    button.appendChild(element("span", "cmi-code", finding.code));
    button.appendChild(element("span", "cmi-place", place));
    button.onclick = () => go(finding);
  }
}

function title(errors, others, texts) {
  if (!errors && !others) return texts.none;
  const parts = [];
  if (errors) parts.push(`${errors} ${errors === 1 ? texts.error : texts.errors}`);
  if (others) parts.push(`${others} ${others === 1 ? texts.warning : texts.warnings}`);
  return parts.join(", ");
}
