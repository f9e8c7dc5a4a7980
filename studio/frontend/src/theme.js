// Colours come from Streamlit's own CSS variables, so light and dark follow the page without a second theme.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const mix = (colour, percent) => `color-mix(in srgb, ${colour} ${percent}%, transparent)`;
const text = "var(--st-text-color)";
const primary = "var(--st-primary-color)";

export const theme = EditorView.theme({
  "&": { height: "100%", color: text, backgroundColor: "transparent", fontSize: "14px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--st-code-font, ui-monospace, monospace)", lineHeight: "1.6" },
  ".cm-content": { caretColor: primary, padding: "10px 0" },
  ".cm-line": { padding: "0 16px 0 6px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: primary, borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: mix(primary, 22),
  },
  ".cm-gutters": { backgroundColor: "transparent", color: mix(text, 42), border: "none", paddingLeft: "4px" },
  ".cm-activeLine": { backgroundColor: mix(text, 4) },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: text },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "34px" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer", opacity: ".65" },
  ".cm-foldPlaceholder": { background: mix(text, 8), border: "none", color: "inherit", padding: "0 6px" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: mix(primary, 22), outline: "none" },
  ".cm-tooltip": {
    backgroundColor: "var(--st-background-color)",
    color: text,
    border: `1px solid ${mix(text, 18)}`,
    borderRadius: "8px",
    boxShadow: "0 8px 28px rgb(0 0 0 / .18)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--st-code-font, monospace)", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: mix(primary, 18), color: text },
  ".cm-completionDetail": { opacity: ".6", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionInfo": { whiteSpace: "pre-line", padding: "6px 10px" },
  ".cm-panels": { backgroundColor: "var(--st-secondary-background-color)", color: text, border: "none" },
  ".cm-panel input, .cm-panel button": {
    background: "var(--st-background-color)", color: text, border: `1px solid ${mix(text, 20)}`, borderRadius: "6px",
    backgroundImage: "none", padding: "2px 8px",
  },
  ".cm-diagnostic": { padding: "8px 12px", border: "none", maxWidth: "46em", fontFamily: "var(--st-font)" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--st-red-color)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--st-orange-color)" },
  ".cm-diagnostic-info": { borderLeft: "3px solid var(--st-blue-color)" },
  ".cm-lintRange-error": wave("var(--st-red-color)"),
  ".cm-lintRange-warning": wave("var(--st-orange-color)"),
  ".cm-lintRange-info": wave("var(--st-blue-color)"),
  ".cm-gutter-lint": { width: "16px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 2px" },
  ".cm-lint-marker": { width: "10px", height: "10px", borderRadius: "50%", marginTop: "6px", content: '""' },
  ".cm-lint-marker-error": { content: '""', background: "var(--st-red-color)" },
  ".cm-lint-marker-warning": { content: '""', background: "var(--st-orange-color)" },
  ".cm-lint-marker-info": { content: '""', background: "var(--st-blue-color)" },
});

function wave(colour) {
  return {
    backgroundImage: "none", textDecoration: `underline wavy ${colour} 1.3px`, textUnderlineOffset: "4px",
    textDecorationSkipInk: "none",
  };
}

export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword, tags.moduleKeyword], color: "var(--st-violet-text-color)", fontWeight: "600" },
  { tag: [tags.controlKeyword, tags.operatorKeyword], color: "var(--st-violet-text-color)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--st-green-text-color)" },
  { tag: tags.labelName, color: text, fontWeight: "600" },
  { tag: [tags.number, tags.atom, tags.bool, tags.null], color: "var(--st-orange-text-color)" },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "var(--st-blue-text-color)" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--st-blue-text-color)" },
  { tag: tags.constant(tags.variableName), color: "var(--st-orange-text-color)" },
  { tag: [tags.special(tags.variableName), tags.standard(tags.variableName)], color: "var(--st-red-text-color)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--st-yellow-text-color)" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--st-gray-text-color)", fontStyle: "italic" },
  { tag: [tags.operator, tags.punctuation, tags.bracket, tags.separator], color: mix(text, 75) },
  { tag: [tags.meta, tags.annotation], color: "var(--st-gray-text-color)" },
]);
