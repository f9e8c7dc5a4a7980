//# Map keeps the order of keys
const m = new Map([['b', 1], ['a', 2]])
m.set('c', 3).set('b', 9)
return [[...m], m.size]

//# keys of any kind
const k = {}, f = () => 1
const m = new Map([[k, 'record'], [f, 'function'], [1, 'one'], ['1', 'text'], [null, 'null'], [undefined, 'undefined'], [true, 'yes']])
return [m.get(k), m.get(f), m.get(1), m.get('1'), m.get(null), m.get(undefined), m.get(true), m.get({}), m.size].map((x) => x ?? '-')

//# has and delete
const m = new Map([['a', undefined]])
return [m.has('a'), m.get('a') === undefined, m.delete('a'), m.delete('a'), m.size]

//# a key that comes back comes last
const m = new Map([['a', 1], ['b', 2]])
m.delete('a'); m.set('a', 3)
return [...m.keys()]

//# clear
const m = new Map([[1, 2]])
m.clear()
return [m.size, [...m]]

//# forEach of a Map
const r = []
new Map([['a', 1], ['b', 2]]).forEach((v, k, m) => r.push(k + v + m.size))
return r

//# entries, keys, values
const m = new Map([['a', 1], ['b', 2]])
return [[...m.entries()], [...m.keys()], [...m.values()]]

//# a Map changed while walking
const m = new Map([['a', 1], ['b', 2], ['c', 3]]), r = []
for (const [k] of m) { r.push(k); if (k === 'a') { m.delete('b'); m.set('d', 4) } }
return r

//# forEach sees what comes
const s = new Set([1]), r = []
s.forEach((x) => { r.push(x); if (x < 4) s.add(x + 1) })
return r

//# a Map of Maps
const m = new Map()
for (const [a, b] of [['x', 1], ['y', 2], ['x', 3]]) { if (!m.has(a)) m.set(a, []); m.get(a).push(b) }
return [...m]

//# a copy of a Map
const a = new Map([['k', 1]]), b = new Map(a)
b.set('k', 2)
return [a.get('k'), b.get('k')]

//# Map from the entries of a record
return [...new Map(Object.entries({ a: 1 }))]

//# sorting a Map
const m = new Map([['b', 2], ['a', 3]])
return [[...m].sort(), [...m].sort((x, y) => x[1] - y[1])]

//# Set
const s = new Set([3, 1, 3])
s.add(2).add(1)
return [[...s], s.size, s.has(2), s.delete(3), [...s]]

//# a Set of a text
return [...new Set('mississippi')].join('')

//# distinct items
const uniq = (l) => [...new Set(l)]
return uniq([1, '1', 1, null, undefined, null]).map((x) => x === undefined ? 'u' : x)

//# set algebra
const a = new Set([1, 2, 3]), b = new Set([2, 3, 4])
return [[...a].filter((x) => b.has(x)), [...new Set([...a, ...b])], [...a].filter((x) => !b.has(x))]

//# entries of a Set
return [...new Set(['a']).entries()]

//# the type of Map and Set
return [typeof new Map(), new Map() instanceof Map, new Set() instanceof Map, `${new Map()}`, String(new Set())]

//# Map and Set in JSON
return JSON.stringify({ m: new Map([[1, 2]]), s: new Set([1]) })

//# a record is not its copy as a key
const m = new Map()
m.set({ a: 1 }, 1).set({ a: 1 }, 2)
return m.size

//# a list as a key by its text
const m = new Map()
m.set([1, 2].join(), 'x')
return m.get('1,2')

//# a breadth-first search
const g = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }
const seen = new Set(['a']), queue = ['a'], order = []
while (queue.length) { const n = queue.shift(); order.push(n); for (const m of g[n]) if (!seen.has(m)) { seen.add(m); queue.push(m) } }
return order

//# a cache of the least recently used
class LRU { #m = new Map(); #n; constructor(n) { this.#n = n } get(k) { if (!this.#m.has(k)) return null; const v = this.#m.get(k); this.#m.delete(k); this.#m.set(k, v); return v } set(k, v) { this.#m.delete(k); this.#m.set(k, v); if (this.#m.size > this.#n) this.#m.delete([...this.#m.keys()][0]) } keys() { return [...this.#m.keys()] } }
const c = new LRU(2)
c.set('a', 1); c.set('b', 2); c.get('a'); c.set('c', 3)
return [c.keys(), c.get('b')]

//# destructuring a Set
const [first, ...rest] = new Set([5, 6, 7])
return [first, rest]

//# structuredClone of a Map
const m = new Map([['a', [1]]]), c = structuredClone(m)
c.get('a').push(2)
return [m.get('a'), c.get('a'), c instanceof Map]
