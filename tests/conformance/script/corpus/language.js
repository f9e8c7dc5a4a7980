//# destructuring of lists
const [a, , b = 5, c = 6, ...d] = [1, 2, undefined, null, 7, 8]; return [a, b, c, d]

//# destructuring of records
const { a, b: { c, d = 4 }, ...e } = { a: 1, b: { c: 2 }, x: 9, y: 8 }; return [a, c, d, e]

//# destructuring assignment
let a = 1, b = 2, o = {}; [a, b] = [b, a]; ({ a: o.x, b: o['y'] = 7 } = { a: 3 }); return [a, b, o]

//# the value of a destructuring assignment
let a; const v = ([a] = [1, 2]); return [v, a]

//# computed keys of patterns
const k = 'z'; const { [k]: v, [k + 1]: w = 2 } = { z: 1 }; return [v, w]

//# destructuring a text
const [a, b] = 'xyz'; const { length } = 'abc'; return [a, b, length]

//# destructuring a map
const [[k, v]] = new Map([['a', 1]]); return [k, v]

//# defaults are evaluated in order
const { a = 1, b = a + 1 } = {}; return [a, b]

//# null is no undefined in defaults
const { a = 1 } = { a: null }; return a

//# patterns in for of
const out = []; for (const [k, { v = 0 } = {}] of Object.entries({ a: { v: 1 }, b: undefined })) out.push(k + v); return out

//# for of assigns what exists
let x; const o = {}; for (x of [1, 2]); for (o.a of [3, 4]); for ([x] of [[5]]); return [x, o]

//# for in
const o = { b: 1, a: 2, 1: 3 }; const ks = []; for (const k in o) ks.push(k); for (const i in ['x', 'y']) ks.push(i); return ks

//# for of over texts, maps and sets
const out = []; for (const c of 'hé😀') out.push(c); for (const [k, v] of new Map([[1, 2]])) out.push(k, v); for (const s of new Set([1, 1, 2])) out.push(s); return out

//# spread in lists and records
const a = [1, 2], o = { x: 1, y: 2 }; return [[0, ...a, ...'bc', ...new Set([3])], { ...o, y: 3, ...null, ...{ z: 4 } }]

//# switch
function f(x) { switch (x) { case 1: return 'one'; case 2: case 3: return 'few'; default: return 'many' } } return [1, 2, 3, 4].map(f)

//# switch falls through
const out = []; for (const x of [1, 2, 5]) { switch (x) { case 1: out.push('a'); case 2: out.push('b'); break; default: out.push('d') } } return out

//# default in the middle
const f = x => { const o = []; switch (x) { case 1: o.push(1); default: o.push('d'); case 2: o.push(2) } return o }; return [f(1), f(2), f(3)]

//# switch compares without coercion
switch ('1') { case 1: return 'number'; case '1': return 'text' }

//# switch on true
const n = 7; switch (true) { case n < 5: return 's'; case n < 10: return 'm'; default: return 'l' }

//# break leaves the switch, continue the turn
let s = ''; for (let i = 0; i < 4; i++) { switch (i) { case 1: continue; case 3: break; default: s += i } s += '.' } return s

//# variables of a switch are its own
let x = 0; switch (1) { case 1: { let x = 5; x++ } } return x

//# labels
const out = []; a: for (let i = 0; i < 3; i++) { b: for (let j = 0; j < 3; j++) { if (j == 1) continue a; if (i == 2) break a; out.push([i, j]) } } return out

//# a labelled block
const out = []; l: { out.push(1); if (out.length) break l; out.push(2) } return out

//# a labelled while
let i = 0; w: while (true) { while (true) { i++; if (i > 3) break w; continue w } } return i

//# optional chaining
const o = { a: { b: [1, { c: 2 }] }, f: x => x + 1 }; return [o?.a?.b?.[1]?.c, o.x?.y.z.w === undefined, o.f?.(1), o.g?.(1) === undefined, o.x?.[0]?.(1) === undefined]

//# optional chaining stops everything after it
let n = 0; const o = null; o?.[n++]; o?.f(n++); o?.a.b(n++).c; return n

//# optional chaining keeps this
const o = { n: 5, f() { return this.n } }; return [o?.f(), o.f?.(), o?.['f']()]

//# delete in a chain
const o = { a: { b: 1 } }; delete o?.a?.b; const p = null; delete p?.x; return o

//# nullish
const a = null, b = 0; return [a ?? 1, b ?? 1, (a || b) ?? 2, undefined ?? null]

//# logical assignment
let a = null, b = 0, c = 1; a ??= 2; b ||= 3; c &&= 4; const o = { n: 1 }; o.n ??= 5; o.m ||= 6; return [a, b, c, o]

//# logical assignment evaluates only if needed
let n = 0; let a = 1; a ??= n++; a ||= n++; let z = 0; z &&= n++; return n

//# operators and precedence
return [2 ** 3 ** 2, (-2) ** 2, 7 % 3, -7 % 3, 1 + 2 * 3, (1, 2), 10 - 2 - 3, 2 + 3 + 'a' + 1 + 2]

//# bits
return [5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 4, -16 >> 2, -1 >>> 28, 1.9 | 0, -1.9 | 0]

//# bits are assigned
let a = 12; a &= 10; a |= 1; a ^= 3; a <<= 2; a >>= 1; return a

//# increments
let i = 1; const o = { n: 1 }, xs = [1]; const r = [i++, ++i, i--, --i, o.n++, ++o.n, xs[0]--, --xs[0]]; return [r, i, o, xs]

//# templates
const a = 1; return [`${a}`, `x${a + 1}y${`z${a}`}`, `a
b`, `\${a} \u0041 \x41`, `${[1, 2]}`]

//# numbers
return [0x1F, 0b101, 0o17, 1_000_000, 1e3, 1.5e-2, .5, 5.]

//# texts
return ['\u{1F600}'.length > 0, '\x41\u0042\t'.length, 'a\
b', "it's", '\'']

//# a semicolon is put in at a line's end
let a = 1
let b = 2
const c = a
+ b
let d = [c]
;[a, b] = [b, a]
return [a, b, c, d]

//# return at a line's end
function f() { return
1 } return f() === undefined

//# in and delete
const o = { a: 1, b: undefined }; const r = ['a' in o, 'b' in o, 'c' in o]; delete o.a; delete o['b']; const k = 'zz'; o[k] = 1; delete o[k]; return [r, o, 0 in [1], 1 in [1]]

//# instanceof of the library's classes
return [[] instanceof Array, {} instanceof Object, new Map() instanceof Map, /a/ instanceof RegExp, (() => 1) instanceof Function]

//# regular expressions
const m = /(\d+)-(?<b>\w+)/.exec('x 12-ab'); return [m[0], m[1], m.groups.b, m.index, 'a1b2'.replace(/\d/g, d => d + d), 'a,b;c'.split(/[,;]/), /x/i.test('X')]

//# a slash divides after a value
const a = 8, g = 2; return a / 2 / g

//# shorthand and methods
const a = 1, b = 2; const o = { a, b, c() { return this.a + this.b }, 'd e': 3, 4: 5, [`f${a}`]: 6 }; return [o.c(), o['d e'], o[4], o.f1]

//# later keys win
return { a: 1, b: 2, a: 3 }

//# words that are no keywords
const of = 1, get = 2, set = 3, async = 4, from = 5, as = 6, static_ = 7; return [of, get, set, async, from, as, { of, get, set, async, if: 1, class: 2 }]

//# do while
let i = 0; do i++; while (i < 3)
return i

//# for without parts
let i = 0; for (;;) { if (i++ > 2) break } return i

//# commas in for
const out = []; for (let i = 0, j = 5; i < j; i++, j--) out.push([i, j]); return out

//# conditional chains
const f = n => n < 0 ? 'neg' : n == 0 ? 'zero' : 'pos'; return [-1, 0, 1].map(f)

//# use strict
'use strict'
return 1

//# var in blocks
if (true) { var x = 1 } for (var i = 0; i < 2; i++) { var y = i } return [x, i, y]

//# a var before its assignment
const a = typeof v; var v = 1; return [a, v]

//# blocks shadow
let x = 1; { let x = 2; { let x = 3; x++ } x++ } return x

//# empty statements
;;; if (1) ; else ; for (const x of []) ; return 1

//# nested records and lists
const o = { a: [{ b: 1 }] }; o.a[0].b += 2; o.a.push({ c: [o.a.length] }); o.d = { ...o.a[0] }; return o

//# strings compare
return ['a' < 'b', 'B' < 'a', '10' < '9', 2 < 10]

//# truthiness
return [0, '', null, undefined, [], {}, 'a', -1].map(x => !!x)

//# equality
return [1 === 1, '1' == '1', null == undefined, null === null, [] === [], 'a' !== 'b']

//# chained assignment
let a, b, c; a = b = c = 4; const o = {}; o.x = o.y = a; return [a, b, c, o]

//# sequences of get and set in order
const log = []; const o = { get a() { log.push('get'); return 1 }, set a(v) { log.push('set' + v) } }; o.a += 5; return log

//# a comment between
return /* one */ 1 // two
+ 2
