// Runs snippets given as a JSON list of texts on standard input; prints a JSON list of what each gave or threw.
// A snippet is the body of a function. Undefined is null, as where a contract's call ends; what is no data is named.
'use strict'

const data = (value) => {
  if (value === undefined) return null
  if (typeof value === 'number' && !Number.isFinite(value)) return { '$not-data': String(value) }
  if (typeof value === 'function' || value instanceof Map || value instanceof Set || value instanceof RegExp) {
    return { '$not-data': typeof value }
  }
  if (Array.isArray(value)) return Array.from(value, data)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined).map(([k, v]) => [k, data(v)]))
  }
  return value
}

const run = (source) => {
  try {
    return { value: data(new Function(`'use strict'\n${source}`)()) }
  } catch (error) {
    return { throws: error instanceof Error ? error.name : typeof error }
  }
}

const sources = JSON.parse(require('fs').readFileSync(0, 'utf8'))
process.stdout.write(JSON.stringify(sources.map(run)))
