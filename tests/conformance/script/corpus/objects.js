//# literals with short forms
const a = 1, b = 2
const o = { a, b, c() { return this.a + 2 }, ['d' + a]: 4, 'e-f': 5, 6: 7 }
return [o.a, o.b, o.c(), o.d1, o['e-f'], o[6], Object.keys(o)]

//# order of keys
return Object.keys({ z: 1, 10: 1, a: 1, 2: 1, '01': 1, '-1': 1 })

//# a key set again keeps its place
const o = { a: 1, b: 2 }
o.a = 3; delete o.b; o.c = 4; o.b = 5
return Object.entries(o)

//# spread of records
const a = { x: 1, y: 2 }
return [{ ...a, y: 3, z: 4 }, { y: 3, ...a }, { ...null, ...undefined, k: 1 }]

//# a spread is a copy of the first level
const a = { l: [1] }, b = { ...a }
b.l.push(2); b.m = 1
return a

//# a spread reads getters once
let n = 0
const o = { get x() { return ++n } }
const c = { ...o }
return [c.x, c.x, n]

//# getters and setters
const log = []
const o = { v: 1, get x() { log.push('get'); return this.v }, set x(n) { log.push('set'); this.v = n } }
o.x = o.x + 5
o.x++
return [o.v, log]

//# getters are fields of keys and JSON
const o = { get a() { return 1 }, b: 2 }
return [Object.keys(o), Object.values(o), JSON.stringify(o), 'a' in o]

//# a getter alone cannot be assigned
const o = { get x() { return 1 } }
try { o.x = 2; return 'no' } catch (e) { return [e.name, o.x] }

//# a setter alone reads as undefined
const o = { set x(v) { this.y = v } }
o.x = 5
return [typeof o.x, o.y]

//# computed keys are evaluated in order
const log = []
const k = (x) => { log.push(x); return x }
const o = { [k('a')]: k(1), [k('b')]: k(2) }
return [o, log]

//# a duplicate key takes the last value
return { a: 1, b: 2, a: 3 }

//# Object.entries and fromEntries
const o = { a: 1, b: 2 }
return Object.fromEntries(Object.entries(o).map(([k, v]) => [k + k, v * 10]))

//# Object.fromEntries of a Map
return Object.fromEntries(new Map([['a', 1], ['b', 2]]))

//# Object.assign
const t = { a: 1 }
const r = Object.assign(t, { b: 2 }, null, { a: 3 })
return [t, r === t]

//# Object.assign runs setters
const log = []
const t = { set x(v) { log.push(v) } }
Object.assign(t, { x: 1 }, { x: 2 })
return log

//# Object.keys of lists and texts
return [Object.keys(['a', 'b']), Object.values('hi'), Object.entries([7])]

//# Object.freeze
const o = Object.freeze({ a: 1, l: [] })
const r = []
try { o.a = 2 } catch (e) { r.push(e.name) }
try { o.b = 2 } catch (e) { r.push(e.name) }
try { delete o.a } catch (e) { r.push(e.name) }
o.l.push(1)
return [r, o, Object.isFrozen(o), Object.isFrozen(o.l), Object.isFrozen(5)]

//# a frozen list
const a = Object.freeze([1, 2])
const r = []
for (const f of [() => a.push(3), () => { a[0] = 9 }, () => a.sort(), () => a.pop()]) { try { f(); r.push('no') } catch (e) { r.push(e.name) } }
return [r, a]

//# Object.hasOwn and in
class A { f() {} }
const o = { a: undefined, get g() { return 1 } }
return [Object.hasOwn(o, 'a'), Object.hasOwn(o, 'x'), Object.hasOwn(o, 'g'), 'a' in o, Object.hasOwn([1], 0), Object.hasOwn([1], 1)]

//# Object.is
return [Object.is(1, 1), Object.is('a', 'a'), Object.is(null, undefined), Object.is({}, {})]

//# nested changes
const s = { a: { b: [{ c: 1 }] } }
s.a.b[0].c++
s.a.b.push({ c: 5 })
s['a']['b'][1]['d'] = true
return s

//# records are compared by identity
const a = { x: 1 }, b = { x: 1 }, c = a
return [a === b, a === c, a == b]

//# structuredClone is deep
const a = { l: [1, { x: 2 }], m: null, u: undefined }
const b = structuredClone(a)
b.l[1].x = 9
return [a, b, 'u' in b]

//# structuredClone keeps what is shared
const s = [1], c = structuredClone({ a: s, b: s })
return [c.a === c.b, c.a === s]

//# structuredClone of a cycle
const a = { n: 1 }
a.self = a
const b = structuredClone(a)
return [b.self === b, b === a, b.self.self.n]

//# structuredClone of a function is refused
try { structuredClone({ f() {} }); return 'no' } catch (e) { return 'caught' }

//# a method with a computed name
const n = 'hi'
return { [n + '!']() { return this === undefined } }['hi!']()

//# a missing field is undefined
const o = {}
return [o.x === undefined, o['y'] === undefined, typeof o.z]

//# a record as a dictionary
const count = {}
for (const w of 'a b a c b a'.split(' ')) count[w] = (count[w] ?? 0) + 1
return count

//# grouping
const by = {}
for (const x of [1, 2, 3, 4, 5]) (by[x % 2 ? 'odd' : 'even'] ??= []).push(x)
return by

//# keys of numbers and texts are one
const o = { 1: 'a' }
o['1'] += 'b'
o[1] += 'c'
return [o, Object.keys(o)]

//# a key that is a decimal number
const o = { [1.5]: 'x', [1 / 2]: 'y' }
return [o['1.5'], o['0.5']]

//# keys named like methods of records
const o = { keys: 1, get: 2, size: 3, values: 4, remove: 5, isEmpty: 6, put: 7 }
return [o.keys, o.get, o.size, o.values, o.remove, o.isEmpty, o.put, Object.keys(o).length]

//# own functions named like methods of records
const o = { get: (k) => 'got ' + k, size: () => 'big', keys() { return 'mine' } }
return [o.get('x'), o.size(), o.keys()]

//# optional chaining through a missing part
const order = { customer: { address: null } }
return [order.customer?.address?.city ?? 'unknown', order.items?.[0]?.price ?? 0, order.customer.name?.length ?? -1]

//# deleting while walking keys
const o = { a: 1, b: 2, c: 3 }
for (const k of Object.keys(o)) if (o[k] % 2) delete o[k]
return o

//# for-in does not see what was deleted
const o = { a: 1, b: 2, c: 3 }, r = []
for (const k in o) { r.push(k); delete o.b }
return r

//# a record in a text
return `${{}}` + String({ a: 1 })

//# own toString
const o = { toString() { return 'mine' } }
return [`${o}`, 'x' + o, String(o), [o, o].join('-')]

//# a getter that throws
const o = { get x() { throw new Error('bad') } }
try { o.x } catch (e) { return e.message }

//# a getter on a list item
const l = [{ get v() { return this.w * 2 }, w: 3 }]
return l[0].v

//# accessor pairs defined in two places
const o = { get a() { return this._a ?? 0 }, b: 1, set a(v) { this._a = v } }
o.a = 5
return [o.a, Object.keys(o)]
