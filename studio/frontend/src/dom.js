// Elements made from texts that others wrote: always as text, never as markup.

export function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

/** A sentence; what stands in `backticks` is shown as code. */
export function prose(tag, name, text) {
  const made = element(tag, name);
  text.split(/`([^`]*)`/).forEach((part, index) => {
    if (part) made.appendChild(index % 2 ? element("code", "cmi-word", part) : document.createTextNode(part));
  });
  return made;
}
