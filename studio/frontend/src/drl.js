// Highlighting of the rule language: a tokenizer by line with a little state, as an editor needs it.
import { LanguageSupport, StreamLanguage, foldService } from "@codemirror/language";

const HEADER = new Set(
  ("package import global declare function query rule extends enabled salience dialect agenda-group activation-group " +
    "ruleflow-group auto-focus lock-on-active no-loop date-effective date-expires duration timer when then end")
    .split(" "),
);
const CONDITION = new Set(
  "not exists forall accumulate collect from over window eval and or contains memberOf matches soundslike in".split(" "),
);
const ACTION = new Set(
  ("insert insertLogical update modify retract delete var let const new if else for while return break continue " +
    "instanceof").split(" "),
);
const ATOM = new Set(["true", "false", "null", "undefined", "this"]);
const RULE = /^\s*(rule|query|declare|function)\b/i;
const END = /^\s*end\b/i;

/** One token; its name is a Lezer highlight tag. */
function token(stream, state) {
  if (state.comment) {
    if (stream.skipTo("*/")) {
      stream.match("*/");
      state.comment = false;
    } else stream.skipToEnd();
    return "comment";
  }
  if (stream.eatSpace()) return null;
  if (stream.match("//") || (stream.sol() && stream.match("#"))) {
    stream.skipToEnd();
    return "comment";
  }
  if (stream.match("/*")) {
    state.comment = true;
    return "comment";
  }
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) {
    const named = state.before === "rule" || state.before === "query" || state.before === "extends";
    state.before = "";
    return named ? "labelName" : "string";
  }
  if (stream.match(/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return "number";
  if (stream.match(/^@\w+/)) return "meta";
  if (stream.match(/^\$\w*/)) return "variableName.special";
  if (stream.match(/^[A-Za-z_]\w*(?:-[a-z]+)*/)) return word(stream.current(), stream, state);
  if (stream.match(/^(?:==|!=|<=|>=|&&|\|\||[<>+\-*/%=!])/)) return "operator";
  if (stream.match(/^[()[\]{}]/)) return "bracket";
  stream.next();
  return "punctuation";
}

function word(text, stream, state) {
  const known = text.toLowerCase();
  if (text.includes("-") && !HEADER.has(known)) {
    // `a-b` is a subtraction unless it is an attribute such as `no-loop`
    stream.backUp(text.length - text.indexOf("-"));
    text = stream.current();
  }
  const after = state.before;
  state.before = known;
  if (HEADER.has(known)) return "keyword";
  if (CONDITION.has(text)) return "operatorKeyword";
  if (ACTION.has(text)) return "controlKeyword";
  if (ATOM.has(text)) return "atom";
  if (after === "rule" || after === "query") return "labelName";
  if (text === "params" || text === "drools") return "variableName.standard";
  const dotted = stream.string.charAt(stream.start - 1) === ".";
  if (dotted) return /^[A-Z][A-Z0-9_]*$/.test(text) ? "variableName.constant" : "propertyName";
  if (/^[A-Z]/.test(text)) return "typeName";
  if (/^\s*\(/.test(stream.string.slice(stream.pos))) return "variableName.function";
  return "variableName";
}

export const drlLanguage = StreamLanguage.define({
  name: "drl",
  startState: () => ({ comment: false, before: "" }),
  token,
  indent(state, textAfter, context) {
    const text = textAfter.trim();
    if (/^(rule|query|declare|function|package|import|global)\b/i.test(text)) return 0;
    if (/^end\b/i.test(text)) return 0;
    if (/^(when|then)\b/.test(text)) return context.unit;
    let at = context.pos;
    for (let back = 0; back < 50 && at > 0; back++) {
      const line = context.state.doc.lineAt(at);
      if (line.from === 0) break;
      const above = context.state.doc.lineAt(line.from - 1);
      const content = above.text.trim();
      if (content !== "") {
        const depth = /^\s*/.exec(above.text)[0].length;
        if (/^end\b/i.test(content)) return 0;
        return /(^(rule|query|declare)\b.*|^(when|then)|[({])$/i.test(content) ? depth + context.unit : depth;
      }
      at = above.from;
    }
    return null;
  },
  languageData: {
    commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
    closeBrackets: { brackets: ["(", "[", "{", '"'] },
    indentOnInput: /^\s*(end|when|then|[)}])$/,
  },
});

/** A rule folds from its first line to its `end`. */
const fold = foldService.of((state, from, to) => {
  const first = state.doc.lineAt(from);
  if (!RULE.test(first.text)) return null;
  for (let number = first.number + 1; number <= state.doc.lines && number < first.number + 2000; number++) {
    const line = state.doc.line(number);
    if (RULE.test(line.text)) return null;
    if (END.test(line.text)) return { from: to, to: line.to };
  }
  return null;
});

export function drl() {
  return new LanguageSupport(drlLanguage, [fold]);
}
