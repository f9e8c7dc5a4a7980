// Completion from what Python says about the project: keywords, types, fields, parameters, functions.
import { snippetCompletion } from "@codemirror/autocomplete";

const RULE_SNIPPET = snippetCompletion(
  'rule "${name}"\n  when\n    $${fact} : ${Type}( ${condition} )\n  then\n    ${action};\nend\n',
  { label: "rule", type: "keyword", detail: "a new rule", boost: 5 },
);

/** Options for the place before the cursor; `words(view)` gives the newest knowledge. */
export function completions(words, language) {
  return (context) => {
    const known = words(context.view);
    if (!known) return null;
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const member = /([$\w]+)\.(\w*)$/.exec(before);
    if (member) {
      const options = members(known, member[1], context.state.doc.toString());
      return options.length ? { from: context.pos - member[2].length, options, validFor: /^\w*$/ } : null;
    }
    const start = context.matchBefore(/[$\w-]+/);
    if (!start && !context.explicit) return null;
    const fresh = !/\S/.test(before.slice(0, before.length - (start ? start.text.length : 0)));
    const options = [...inPattern(known, before), ...general(known, language, context.state.doc.toString(), fresh)];
    return { from: start ? start.from : context.pos, options, validFor: /^[$\w-]*$/ };
  };
}

function fieldOption(type) {
  return (field) => ({ label: field.name, type: "property", detail: field.type, info: `field of ${type}`, boost: 3 });
}

function typeNamed(known, name) {
  return (known.types || []).find((type) => type.name === name);
}

/** What may stand after `name.` */
function members(known, name, text) {
  if (name === "params") return (known.parameters || []).map(parameterOption);
  const type = typeNamed(known, name);
  if (type) {
    const values = type.fields.flatMap((field) => field.values || []);
    return values.map((value) => ({ label: value, type: "enum", detail: type.name }));
  }
  const bound = new RegExp(`(?:${escape(name)}\\s*:\\s*|(?:const|let|var)\\s+${escape(name)}\\s*=\\s*new\\s+)(\\w+)\\s*\\(`);
  const found = bound.exec(text);
  const of = found && typeNamed(known, found[1]);
  if (of) return of.fields.map(fieldOption(of.name));
  return (known.methods || []).map((label) => ({ label, type: "method" }));
}

/** Fields of the pattern that the cursor stands in: `Message( sta|` */
function inPattern(known, before) {
  const open = /(\w+)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)$/.exec(before);
  const type = open && typeNamed(known, open[1]);
  return type ? type.fields.map(fieldOption(type.name)) : [];
}

function parameterOption(parameter) {
  return {
    label: parameter.name,
    type: "constant",
    detail: parameter.type,
    info: [parameter.title, parameter.default === undefined ? "" : `default ${parameter.default}`].filter(Boolean).join(", "),
  };
}

function general(known, language, text, fresh) {
  const options = [];
  for (const type of known.types || []) {
    const info = type.fields.map((field) => `${field.name}: ${field.type}`).join("\n");
    options.push({ label: type.name, type: "class", detail: "fact type", info, boost: 1 });
  }
  if ((known.parameters || []).length) options.push({ label: "params", type: "namespace", detail: "parameters" });
  for (const [kind, type, detail] of [["functions", "function", ""], ["variables", "variable", "contract variable"],
    ["arguments", "variable", "argument"], ["keys", "property", ""]]) {
    for (const label of known[kind] || []) options.push({ label, type, detail });
  }
  for (const label of known.keywords || []) {
    if (language === "drl" && label === "rule") {
      if (fresh) options.push(RULE_SNIPPET);
    } else options.push({ label, type: "keyword" });
  }
  for (const name of new Set(text.match(/\$\w+/g) || [])) options.push({ label: name, type: "variable" });
  return options;
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
