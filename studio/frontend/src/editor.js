// The code editor as a Streamlit component: keeps one document a file (with its undo history) across reruns of the page.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, rectangularSelection,
} from "@codemirror/view";
import { Checker, toMarks } from "./checker.js";
import { completions } from "./completion.js";
import { drl } from "./drl.js";
import { renderProblems } from "./problems.js";
import "./editor.css";
import { colours, theme } from "./theme.js";

const LANGUAGES = { drl, javascript, yaml };
/** Documents that were shown, with their undo history; they outlive the component, which goes when the page is turned. */
const documents = new Map();
/** The editor that a view belongs to now: a kept document knows its view, never an editor. */
const owners = new WeakMap();

class Editor {
  constructor(root) {
    this.host = root.querySelector(".cmi-editor");
    this.list = root.querySelector(".cmi-problems");
    this.checker = new Checker((answer, took) => this.show(answer, took), (why) => this.offline(why));
    this.view = new EditorView({ parent: this.host });
    owners.set(this.view, this);
    // the browser test reads the document and the figures here
    this.host.studioEditor = this;
  }

  /** Takes what Python sent; a new version of a file replaces its text, anything else leaves the editing alone. */
  update(data, setTriggerValue) {
    Object.assign(this, { data, words: data.words, setTriggerValue });
    this.host.parentElement.style.height = data.height;
    const id = `${data.project}\n${data.file}\n${data.version}`;
    if (id !== this.id) {
      this.flush();
      if (this.id) documents.set(this.id, this.view.state);
      this.id = id;
      this.file = data.file;
      const kept = documents.get(id);
      this.view.setState(kept?.doc.toString() === data.text ? kept : this.open(data));
      this.sent = this.view.state.doc.toString();
      this.check(0, false);
    }
    if (data.goto && data.goto.nonce !== this.went) {
      this.went = data.goto.nonce;
      this.goTo(data.goto.line, data.goto.column);
    }
  }

  open({ text, language, label, readonly }) {
    const support = LANGUAGES[language];
    return EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), highlightActiveLineGutter(), foldGutter(), history(), drawSelection(), rectangularSelection(),
        EditorState.allowMultipleSelections.of(true), indentOnInput(), indentUnit.of("  "), bracketMatching(),
        closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), lintGutter(),
        autocompletion({ override: [completions((view) => owners.get(view)?.words, language)], maxRenderedOptions: 60, icons: false }),
        syntaxHighlighting(colours), theme, EditorView.lineWrapping, EditorState.readOnly.of(Boolean(readonly)),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        support ? support() : [],
        keymap.of([
          { key: "Mod-s", preventDefault: true, run: (view) => (owners.get(view).flush(), true) },
          ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap,
          ...completionKeymap, ...lintKeymap, indentWithTab,
        ]),
        EditorView.updateListener.of((change) => owners.get(change.view).changed(change)),
        EditorView.domEventHandlers({ blur: (_, view) => (owners.get(view).flush(), false) }),
      ],
    });
  }

  changed(change) {
    if (change.docChanged) this.check();
  }

  /** Sends the text now if some of it was not sent yet. */
  flush() {
    if (this.id && this.view.state.doc.toString() !== this.sent) this.check(0);
  }

  /** Sends the text, which saves it, and shows what the compiler says; a text that was only opened is not sent. */
  check(delay, save = true) {
    const { check, token, project } = this.data;
    const { file } = this;
    const body = () => {
      if (!save) return { project, file };
      this.sent = this.view.state.doc.toString();
      return { project, file, text: this.sent };
    };
    this.checker.ask({ url: check, token, body }, delay);
  }

  show({ diagnostics: found, words }, took) {
    this.words = words;
    const here = found.filter((finding) => finding.file === this.file);
    this.view.dispatch(setDiagnostics(this.view.state, toMarks(this.view.state.doc, here)));
    this.host.dataset.checkMs = took.toFixed(0);
    this.host.dataset.errors = String(found.filter((finding) => finding.severity === "error").length);
    renderProblems(this.list, found, this.file, this.data.texts, (finding) => this.visit(finding));
  }

  offline(why) {
    this.list.textContent = `${this.data.texts.offline} (${why})`;
  }

  visit(finding) {
    if (finding.file === this.file) this.goTo(finding.line, finding.column);
    else this.setTriggerValue("open", { file: finding.file, line: finding.line, column: finding.column });
  }

  goTo(line, column = 1) {
    const at = this.view.state.doc.line(Math.max(1, Math.min(line, this.view.state.doc.lines)));
    const anchor = Math.min(at.from + Math.max(0, column - 1), at.to);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.view.focus();
  }

  close() {
    this.flush();
    documents.set(this.id, this.view.state);
    this.view.destroy();
  }
}

const editors = new WeakMap();

export default function mount({ parentElement, data, setTriggerValue }) {
  let editor = editors.get(parentElement);
  if (!editor) {
    editor = new Editor(parentElement);
    editors.set(parentElement, editor);
  }
  editor.update(data, setTriggerValue);
  return () => {
    editor.close();
    editors.delete(parentElement);
  };
}
