//# lists
const [a, b, c] = [1, 2]
return [a, b, typeof c]

//# holes are skipped
const [, a, , b] = [1, 2, 3, 4]
return [a, b]

//# rest of a list
const [a, ...rest] = [1, 2, 3]
return [a, rest]

//# records
const { a, b } = { a: 1, c: 2 }
return [a, typeof b]

//# other names
const { a: x, b: y = 5 } = { a: 1 }
return [x, y]

//# rest of a record
const { a, ...rest } = { a: 1, b: 2, c: 3 }
return [a, rest]

//# nested
const { a: { b: [, c] } } = { a: { b: [1, 2] } }
return c

//# defaults of nested patterns
const { a: { b = 1 } = {} } = {}
return b

//# a default is for undefined only
const [a = 1, b = 2, c = 3] = [undefined, null, 0]
return [a, b, c]

//# a default is evaluated only if it is needed
let n = 0
const [a = ++n, b = ++n] = [5]
return [a, b, n]

//# a default sees names before it
const [a, b = a] = [1]
const { x, y = x + 1 } = { x: 1 }
return [a, b, x, y]

//# computed keys
const k = 'name'
const { [k]: v, [k + '2']: w = 'none' } = { name: 'ann' }
return [v, w]

//# assignment to names that are there
let a, b
({ a, b: [b] } = { a: 1, b: [2] })
return [a, b]

//# assignment to fields and items
const o = {}, l = [];
({ x: o.a, y: l[0] } = { x: 1, y: 2 });
[o.b, l[1]] = [3, 4]
return [o, l]

//# a text is a list of characters
const [a, b, ...c] = 'hello'
return [a, b, c]

//# in for-of
const r = []
for (const [k, v] of Object.entries({ a: 1, b: 2 })) r.push(k + v)
for (const { n, m = 0 } of [{ n: 1 }, { n: 2, m: 3 }]) r.push(n + m)
return r

//# in for-of over a Map
const r = []
for (const [k, v] of new Map([['x', 1], ['y', 2]])) r.push(`${k}=${v}`)
return r

//# of null is an error
try { const { a } = null; return a } catch (e) { return e.name }

//# of undefined in a parameter is an error
const f = ({ a }) => a
try { return f() } catch (e) { return e.name }

//# of a number as a list is an error
try { const [a] = 5; return a } catch (e) { return e.name }

//# the value of an assignment pattern is its right side
let a
const r = ([a] = [1, 2])
return [a, r]

//# swapping items
const l = [1, 2, 3];
[l[0], l[2]] = [l[2], l[0]]
return l

//# order of evaluation
const log = []
const src = { get a() { log.push('a'); return undefined }, get b() { log.push('b'); return 2 } }
const { a = (log.push('default'), 1), b } = src
return [a, b, log]

//# from a function's result
const minmax = (l) => [Math.min(...l), Math.max(...l)]
const [lo, hi] = minmax([3, 1, 2])
return { lo, hi }

//# keys that are texts or numbers
const { 'a-b': x, 0: y } = { 'a-b': 1, 0: 2 }
return [x, y]

//# length of a list
const { length } = [1, 2, 3]
return length
